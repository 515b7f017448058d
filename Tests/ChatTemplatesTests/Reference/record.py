#!/usr/bin/env python3
"""Records what jinja2 makes of the templates beside this file and of many small ones.

Rendered as transformers does it, in its sandbox, by its own functions; the clock stands still.
Usage: record.py > cases.json      (needs transformers 5.24 and jinja2 3.1.6)
"""
import datetime
import json
import os
import sys
from pathlib import Path

import transformers.utils.chat_template_utils as chat

os.environ["TZ"] = "UTC"
NOW = 1764066123  # 2025-11-25 10:22:03 UTC


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.fromtimestamp(NOW, datetime.timezone.utc)


chat.datetime = Clock

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Current weather of a city — “now”, in °C & <b>bold</b>",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "The city"},
                    "unit": {"enum": ["celsius", "fahrenheit"]},
                    "days": {"type": "integer", "default": 1.5},
                },
                "required": ["city"],
            },
        },
    },
    {"type": "function", "function": {"name": "now", "description": "", "parameters": {"type": "object", "properties": {}}}},
]
USER = {"role": "user", "content": "  What's the weather in Paris?\n"}
CONVERSATIONS = {
    "one": [{"role": "user", "content": "Hi"}],
    "spaces": [USER],
    "system": [{"role": "system", "content": "Be brief.\n"}, USER],
    "turns": [
        USER,
        {"role": "assistant", "content": " Sunny — 21 °C ☀️. "},
        {"role": "user", "content": "And 東京? <|im_end|> {{ 7 * 7 }} {% raw %}"},
    ],
    "system turns": [
        {"role": "system", "content": "Sé “breve”."},
        {"role": "user", "content": ""},
        {"role": "assistant", "content": "¿Qué?"},
        {"role": "user", "content": "é\r\n\ttab \\n \"quoted\" 'single' \u0000\u001f"},
    ],
    "thinking": [
        {"role": "user", "content": "2+2?"},
        {"role": "assistant", "content": "<think>\n\neasy\n</think>\n\n4"},
        {"role": "user", "content": "3+3?"},
        {"role": "assistant", "content": "6", "reasoning_content": "\nsum of threes\n"},
    ],
    "tool": [
        {"role": "system", "content": "Use tools."},
        USER,
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "abcdefghi", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris", "days": 2, "x": None, "y": [True, 0.1, 1e20]}}}
            ],
        },
        {"role": "tool", "content": "21 °C", "tool_call_id": "abcdefghi"},
        {"role": "tool", "content": "windy", "tool_call_id": "abcdefghi"},
        {"role": "assistant", "content": "21 °C and windy."},
        {"role": "user", "content": "Thanks"},
    ],
    "tool none": [
        USER,
        {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "function": {"name": "now", "arguments": "{}"}}]},
        {"role": "tool", "content": "10:22"},
    ],
    "parts": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": " What is this? "}]}],
    "wrong order": [{"role": "assistant", "content": "Hello"}, {"role": "assistant", "content": "Again"}],
    "empty": [],
}

SMALL = Path(__file__).with_name("small.txt").read_text(encoding="utf-8").split("\n=====\n")
DATA = {
    "s": "Hello, Wörld! ",
    "words": "  one two\tthree\n four  ",
    "n": 7,
    "x": 2.5,
    "big": 1e16,
    "no": None,
    "yes": True,
    "empty": [],
    "list": [3, 1, 2, 1],
    "names": ["bob", "Alice", "carol", "alice"],
    "d": {"b": 1, "a": {"c": [1, 2, {"e": "f"}]}, "items": 5},
    "people": [
        {"name": "Ann", "age": 30, "tags": ["x"]},
        {"name": "bob", "age": 25, "tags": []},
        {"name": "Cid", "age": 30},
    ],
    "html": "<a href=\"x\">Tom & 'Jerry'</a>",
    "lines": "a\n\n b\r\nc",
}


def render(source, variables):
    try:
        return chat._compile_jinja_template(source).render(**variables)
    except Exception as error:  # whatever jinja2 raises: the case must fail here, too
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return None


cases = []
folder = Path(__file__).with_name("templates")
for file in sorted(folder.glob("*.jinja")):
    source = file.read_text(encoding="utf-8")
    for name, messages in CONVERSATIONS.items():
        for tools in (None, TOOLS):
            for prompt in (False, True):
                extra = [{}]
                if file.stem == "qwen3" and prompt:
                    extra.append({"enable_thinking": False})
                if file.stem == "llama3" and tools:
                    extra.append({"tools_in_user_message": False})
                for more in extra:
                    variables = {
                        "messages": messages, "tools": tools, "documents": None,
                        "add_generation_prompt": prompt, "bos_token": "<s>", "eos_token": "</s>", **more,
                    }
                    cases.append({
                        "name": f"{file.stem}, {name}", "template": file.name,
                        "variables": variables, "expected": render(source, variables),
                    })
for i, source in enumerate(SMALL):
    cases.append({"name": f"small {i}", "source": source, "expected": render(source, DATA)})
conversations = [c.pop("variables") if "variables" in c else None for c in cases]
unique = []
for case, variables in zip(cases, conversations):
    if variables is not None:
        if variables not in unique:
            unique.append(variables)
        case["variables"] = unique.index(variables)
json.dump({"now": NOW, "data": DATA, "variables": unique, "cases": cases}, sys.stdout, ensure_ascii=False, indent=0)
