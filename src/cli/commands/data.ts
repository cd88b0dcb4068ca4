import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import { defineCommand, nameCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { toggle } from '../flags/kind.ts'
import { list } from '../flags/list.ts'
import { listPairs, textPairs } from '../flags/pairs.ts'
import { shared } from '../flags/shared.ts'
import { partSettings, readTableInput } from '../inputs.ts'

const verb = () => Promise.all([import('../../verbs/data.ts'), import('../render/data.ts')])

const listing = defineCommand({
  operands: [{ name: '[WORDS...]', describe: 'words that all must be in its name, title, home or licence' }],
  examples: ['interplay data list', 'interplay data list movielens'],
  dryRun: true,
  async run({ operands }) {
    const [{ listDatasets }, { renderDatasets }] = await verb()
    const document = listDatasets(operands)
    return { document, lines: style => renderDatasets(document, style) }
  },
})

const get = defineCommand({
  operands: [{ name: 'NAME', describe: 'a dataset of the list' }],
  flags: { yes: flag(toggle, 'fetch it; without, say what would be fetched') },
  examples: ['interplay data get adult', 'interplay data get adult --yes'],
  dryRun: true,
  async run({ operands: [name], options, signal, terminal }) {
    const [{ getDataset }, { renderOffer, renderVerified }] = await verb()
    const document = await getDataset(name!, {
      ...options,
      yes: options.yes && !options.dryRun,
      signal,
      onProgress: bytes => terminal.draw(`${bytes.toLocaleString('en-US')} bytes`),
    })
    terminal.clear()
    if ('rows' in document) return { document, lines: style => renderOffer(document.rows[0]!, style) }
    return { document, lines: style => renderVerified(document, style), status: document.holds ? 0 : 5 }
  },
})

const verify = defineCommand({
  operands: [
    { name: 'NAME', describe: 'a dataset of the list' },
    { name: 'DIR', describe: 'the folder that holds its files' },
  ],
  examples: ['interplay data verify frappe ~/Downloads/frappe'],
  dryRun: true,
  async run({ operands: [name, folder], signal }) {
    const [{ verifyDataset }, { renderVerified }] = await verb()
    const document = await verifyDataset(name!, folder!, signal)
    return { document, lines: style => renderVerified(document, style), status: document.holds ? 0 : 5 }
  },
})

const show = defineCommand({
  operands: [{ name: 'INPUT...', describe: 'a table: a file, -, sql:..., data:NAME; or train=, valid= and test=' }],
  flags: {
    target: shared.target,
    set: { ...shared.set, describe: 'how the table is read and encoded: reader.KEY or encoding.KEY' },
    type: flag(textPairs('FIELD=TYPE'), 'the type of a field where the one inferred is wrong', {
      value: 'F=TYPE',
      repeat: true,
    }),
    role: flag(listPairs('ROLE=FIELD,...'), 'the fields that play a role', { value: 'ROLE=F,...', repeat: true }),
    ignore: flag(list, 'fields to leave out', { value: 'F,...' }),
  },
  examples: ['interplay data show rows.csv', 'interplay data show data:bike-sharing --json'],
  dryRun: true,
  async run({ operands, options, signal, terminal }) {
    const [{ showTable }, { renderTable }] = await verb()
    const { reader, encoding, set } = partSettings(options.set, ['reader', 'encoding'])
    const [unknown] = Object.keys(set)
    if (unknown !== undefined)
      throw new InterplayError('option/unknown', `data show has no option '${unknown}'`, { where: `--set ${unknown}` })
    const document = await showTable(readTableInput('data show', operands), {
      target: options.target,
      types: options.type,
      roles: options.role,
      ignore: options.ignore,
      reader,
      encoding,
      threads: options.threads ?? availableParallelism(),
      signal,
      onProgress: ({ done, total }) => terminal.draw(`${done} of ${total} fields`),
    })
    terminal.clear()
    return { document, lines: style => renderTable(document, style), warnings: document.warnings }
  },
})

export default defineCommand({
  commands: [
    nameCommand('list', 'known datasets: rows, licence, whether they are here', listing),
    nameCommand('get', 'find or fetch a dataset, or say where its home is', get),
    nameCommand('verify', 'compare a folder with the checksums of a dataset', verify),
    nameCommand('show', 'the schema of a table as fit would read it', show),
  ],
})
