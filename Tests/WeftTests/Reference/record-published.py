"""record-published.py FILE: config.json of models that are published, by what decides shapes and parts, and how
many parameters transformers gives a model of it (5.24; no weights are read)."""
import json
import sys

import torch
import transformers as tf

P={
"Llama-3.1-8B":('llama',{"architectures":["LlamaForCausalLM"],"attention_bias":False,"hidden_act":"silu","hidden_size":4096,"intermediate_size":14336,"max_position_embeddings":131072,"mlp_bias":False,"model_type":"llama","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,"rms_norm_eps":1e-05,"rope_scaling":{"factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":8192,"rope_type":"llama3"},"rope_theta":500000.0,"tie_word_embeddings":False,"vocab_size":128256}),
"Llama-2-7b":('llama',{"hidden_act":"silu","hidden_size":4096,"intermediate_size":11008,"max_position_embeddings":4096,"model_type":"llama","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":32,"rms_norm_eps":1e-05,"rope_scaling":None,"tie_word_embeddings":False,"vocab_size":32000}),
"Mistral-7B-v0.1":('llama',{"hidden_act":"silu","hidden_size":4096,"intermediate_size":14336,"max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,"rms_norm_eps":1e-05,"rope_theta":10000.0,"sliding_window":4096,"tie_word_embeddings":False,"vocab_size":32000}),
"Qwen2.5-0.5B":('llama',{"hidden_act":"silu","hidden_size":896,"intermediate_size":4864,"max_position_embeddings":32768,"max_window_layers":24,"model_type":"qwen2","num_attention_heads":14,"num_hidden_layers":24,"num_key_value_heads":2,"rms_norm_eps":1e-06,"rope_theta":1000000.0,"sliding_window":32768,"tie_word_embeddings":True,"use_sliding_window":False,"vocab_size":151936}),
"Qwen3-0.6B":('llama',{"attention_bias":False,"head_dim":128,"hidden_act":"silu","hidden_size":1024,"intermediate_size":3072,"max_position_embeddings":40960,"max_window_layers":28,"model_type":"qwen3","num_attention_heads":16,"num_hidden_layers":28,"num_key_value_heads":8,"rms_norm_eps":1e-06,"rope_scaling":None,"rope_theta":1000000,"sliding_window":None,"tie_word_embeddings":True,"use_sliding_window":False,"vocab_size":151936}),
"Phi-3-mini-128k":('llama',{"attention_bias":False,"hidden_act":"silu","hidden_size":3072,"intermediate_size":8192,"max_position_embeddings":131072,"model_type":"phi3","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":32,"original_max_position_embeddings":4096,"rms_norm_eps":1e-05,"rope_scaling":{"long_factor":[1.0+i for i in range(48)],"short_factor":[1.0]*48,"type":"longrope"},"rope_theta":10000.0,"sliding_window":262144,"tie_word_embeddings":False,"vocab_size":32064}),
"gemma-2b":('gemma',{"head_dim":256,"hidden_act":"gelu","hidden_size":2048,"intermediate_size":16384,"max_position_embeddings":8192,"model_type":"gemma","num_attention_heads":8,"num_hidden_layers":18,"num_key_value_heads":1,"rms_norm_eps":1e-06,"rope_scaling":None,"rope_theta":10000.0,"vocab_size":256000}),
"gemma-2-2b":('gemma',{"attn_logit_softcapping":50.0,"final_logit_softcapping":30.0,"head_dim":256,"hidden_act":"gelu_pytorch_tanh","hidden_activation":"gelu_pytorch_tanh","hidden_size":2304,"intermediate_size":9216,"max_position_embeddings":8192,"model_type":"gemma2","num_attention_heads":8,"num_hidden_layers":26,"num_key_value_heads":4,"query_pre_attn_scalar":256,"rms_norm_eps":1e-06,"rope_theta":10000.0,"sliding_window":4096,"vocab_size":256000}),
"gemma-3-1b":('gemma',{"attn_logit_softcapping":None,"final_logit_softcapping":None,"head_dim":256,"hidden_activation":"gelu_pytorch_tanh","hidden_size":1152,"intermediate_size":6912,"max_position_embeddings":32768,"model_type":"gemma3_text","num_attention_heads":4,"num_hidden_layers":26,"num_key_value_heads":1,"query_pre_attn_scalar":256,"rms_norm_eps":1e-06,"rope_local_base_freq":10000,"rope_scaling":None,"rope_theta":1000000,"sliding_window":512,"sliding_window_pattern":6,"vocab_size":262144}),
"phi-2":('phi',{"hidden_act":"gelu_new","hidden_size":2560,"intermediate_size":10240,"layer_norm_eps":1e-05,"max_position_embeddings":2048,"model_type":"phi","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":32,"partial_rotary_factor":0.4,"qk_layernorm":False,"rope_scaling":None,"rope_theta":10000.0,"tie_word_embeddings":False,"vocab_size":51200}),
}
rows=[]
for n,(g,c) in P.items():
    d=dict(c); mt=d.pop('model_type')
    if mt=='gemma3_text': cfg=tf.Gemma3TextConfig(**d)
    else: cfg=tf.AutoConfig.for_model(mt,**d)
    with torch.device('meta'): m=tf.AutoModelForCausalLM.from_config(cfg)
    m.tie_weights()
    k=sum(p.numel() for p in m.parameters())
    rows.append(dict(name=n,graph=g,parameters=k,config=c))
lines = ',\n'.join(json.dumps(row, sort_keys=True) for row in rows)
open(sys.argv[1], 'w').write('[\n' + lines + '\n]\n')
