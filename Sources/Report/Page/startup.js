'use strict';
// From the start of the process to the first answer, phase after phase.
(function (weft) {
  const titles = {
    loadProgram: 'load the program and its libraries', parseArguments: 'parse the arguments',
    readGraph: 'read the graph file', elaborate: 'elaborate it', openCheckpoint: 'open the checkpoint',
    readTokenizer: 'read the tokenizer', runPasses: 'run the passes',
    waitForTokenizer: 'wait for the tokenizer', plan: 'plan', packWeights: 'pack the weights',
    firstRun: 'run for the first time',
  };

  function row({ title, ms, start, beside, note }, total) {
    const { percent, fixed } = weft.format;
    return weft.el('li', { class: beside ? 'phase beside' : 'phase' },
      weft.el('span', { class: 'phase-name', text: title }),
      weft.el('span', { class: 'phase-track', 'aria-hidden': 'true' }, weft.el('span', {
        class: 'phase-bar', '--start': `${(100 * start) / total}%`, '--share': `${(100 * ms) / total}%`,
      })),
      weft.el('span', { class: 'number', text: `${fixed(ms, 2)} ms` }),
      weft.el('span', { class: 'number muted', text: beside ? 'beside' : percent((100 * ms) / total) }),
      note ? weft.el('span', { class: 'phase-note muted', text: note }) : null);
  }

  weft.startup = function () {
    const { startup } = weft.data;
    const section = weft.byId('startup');
    if (!startup || !(startup.total > 0)) {
      section.hidden = true;
      return;
    }
    const { short, bytes } = weft.format;
    let at = 0;
    const phases = startup.phases.map((phase) => {
      const beside = phase.phase === 'readTokenizer';
      const start = at;
      if (!beside) at += phase.milliseconds;
      return {
        title: titles[phase.phase] ?? phase.phase, ms: phase.milliseconds, start, beside,
        note: phase.byteCount ? bytes(phase.byteCount) : '',
      };
    });
    if (startup.other > 0) phases.push({ title: 'all else', ms: startup.other, start: at });
    const later = [
      startup.laterRun ? `later runs take ${short(startup.laterRun)} ms` : '',
      startup.laterPlan ? `a plan for other dimensions ${short(startup.laterPlan)} ms` : '',
    ].filter(Boolean).join(', ');
    section.querySelector('h2').after(weft.el('p', {
      class: 'caption', text: `${short(startup.total)} ms to the first answer${later ? `; ${later}` : ''}.`,
    }));
    section.append(weft.el('ol', { class: 'phases' }, phases.map((phase) => row(phase, startup.total))));
  };
})(globalThis.weft ??= {});
