import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { choice, toggle } from '../flags/kind.ts'
import { shared } from '../flags/shared.ts'
import { refuseDevice } from '../refuse-device.ts'

const study = defineCommand({
  operands: [{ name: '[NAME...]', describe: 'systems whose claims are checked' }],
  flags: {
    all: flag(toggle, 'every system of the catalogue'),
    size: flag(choice('full', 'small'), 'full is written to studies/; small shows that it runs', {
      value: 'SIZE',
      default: 'full',
    }),
    seeds: shared.seeds,
    device: shared.device,
    strict: flag(toggle, 'exit 5 when a claim does not hold'),
    resume: { ...shared.resume, describe: 'keep the claims settled at this commit, in a tree without changes' },
  },
  examples: [
    'interplay study autoint',
    'interplay study --all --size small -o runs/studies',
    'interplay study --all --strict',
  ],
  dryRun: true,
  async run({ operands, options, signal, terminal }) {
    if ((operands.length === 0) === !options.all) {
      throw new InterplayError('usage/missing-input', 'study needs the names of systems, or --all', {
        where: operands.join(' ') || undefined,
        try: 'interplay study autoint',
      })
    }
    const [{ planStudies, studySystems }, { renderSettled, renderStudy }, { systemNamed, systems }] = await Promise.all(
      [import('../../verbs/study.ts'), import('../render/study.ts'), import('../../systems/index.ts')],
    )
    for (const system of options.all ? systems : operands.map(systemNamed)) refuseDevice(system, options.device)
    if (options.dryRun) {
      const { renderStudyPlan } = await import('../render/plan.ts')
      const planned = planStudies(operands, options)
      return { document: planned, lines: style => renderStudyPlan(planned, style) }
    }
    const document = await studySystems(operands, {
      ...options,
      threads: options.threads ?? availableParallelism(),
      signal,
      onProgress: event => {
        if (event.kind === 'note') terminal.draw(`${event.system}: ${event.message}`)
        else if (event.kind === 'claim')
          terminal.progress([renderSettled(event.system, event.claim, terminal.progressStyle)])
      },
    })
    terminal.clear()
    const { studies } = document
    const failed = studies.some(study => study.claims.some(claim => claim.holds === false))
    return {
      document: studies.length === 1 ? studies[0]! : document,
      lines: style =>
        studies.flatMap((study, i) => [
          ...(studies.length > 1 ? [...(i > 0 ? [''] : []), style.strong(study.system)] : []),
          ...renderStudy(study, style),
        ]),
      status: options.strict && failed ? 5 : undefined,
    }
  },
})

export default study
