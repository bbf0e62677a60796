import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { convertFile } from '../../onnx/convert/convert-file.ts'
import { createCommand } from '../command.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'

const FLAGS = {
  input: { type: 'positional', required: true, description: 'an ONNX file' },
  output: { type: 'positional', required: true, description: 'the file to write' },
  force: { type: 'boolean', description: 'Overwrite what is there', group: 'Convert' },
  ...COMMON_FLAGS,
} as const satisfies Flags

export const convert = createCommand({
  about: "Replaces MMDeploy's own operators by the standard ones, so that ONNX Runtime runs the model.",
  synopsis: 'models convert <input> <output> [flags]',
  examples: [
    ['lsml models convert dcnv2/end2end.onnx dcnv2/end2end.onnx --force', 'In place, beside pipeline.json'],
    ['lsml models convert model.onnx standard.onnx', 'Into another file'],
  ],
  notes: [
    'Deformable convolutions (MMCVDeformConv2d, MMCVModulatedDeformConv2d) become DeformConv, grid_sampler becomes GridSample, and the rest of the graph is brought to opset 19. Weights stay as they are. What cannot be converted is refused by name, and nothing is written.',
  ],
  flags: FLAGS,

  async run({ input, output, force }) {
    const { from, to, changes } = await convertFile(input, output, { force })
    const lines = [...changes].map(([change, count]) => `  ${count} × ${change}`)
    const opset = from === to ? `opset ${to}` : `opset ${from} → ${to}`
    const what = lines.length === 0 ? 'no operator had to be changed.' : `\n${lines.join('\n')}`
    process.stdout.write(`${output} is written: ${opset}${lines.length === 0 ? ', ' : ''}${what}\n`)
    const left = filesLeftBehind(input, output)
    if (left.length > 0) {
      process.stderr.write(`Copy ${left.join(', ')} beside it: lsml reads there how the model is used.\n`)
    }
    return 0
  },
})

/** What MMDeploy writes beside a model, and is not beside the new one. */
function filesLeftBehind(input: string, output: string): string[] {
  const from = dirname(resolve(input))
  const to = dirname(resolve(output))
  return ['pipeline.json', 'deploy.json', 'detail.json', 'dict_file.txt'].filter(
    (name) => existsSync(join(from, name)) && !existsSync(join(to, name)),
  )
}
