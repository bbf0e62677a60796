import { describe, expect, test } from 'bun:test'
import { annotate } from '../../src/cli/commands/annotate.ts'
import { connect } from '../../src/cli/commands/connect.ts'
import { doctor } from '../../src/cli/commands/doctor.ts'
import { evaluate } from '../../src/cli/commands/evaluate.ts'
import { exportDataset } from '../../src/cli/commands/export.ts'
import { init } from '../../src/cli/commands/init.ts'
import { models } from '../../src/cli/commands/models.ts'
import { predict } from '../../src/cli/commands/predict.ts'
import { start } from '../../src/cli/commands/start.ts'
import { renderGroupUsage, renderUsage } from '../../src/cli/usage.ts'
import { version } from '../../package.json'
import { lsml } from './_run.ts'

const ofModels = await Promise.all(
  Object.entries(models.commands).map(async ([name, load]) => [`models ${name}`, await load()] as const),
)

describe('lsml', () => {
  test('says its version', async () => {
    for (const flag of ['--version', '-v'])
      expect(await lsml([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('lists its commands when asked for help', async () => {
    for (const words of [['--help'], ['-h'], ['help']]) {
      const { code, stdout, stderr } = await lsml(words)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      for (const command of [
        'start <backend>',
        'predict <backend>',
        'init <folder>',
        'models <command>',
        'connect --url <url> --project <n>',
        'doctor [backend]',
        'annotate <backend> --project <n>',
        'evaluate <backend>',
        'export --project <n>',
        'Examples:',
      ])
        expect(stdout).toContain(command)
    }
  })

  test('without a command shows the same, as an error', async () => {
    const { code, stdout, stderr } = await lsml([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('start <backend>')
  })

  test.each([
    ['strat', 'There is no command `strat`. Did you mean `start`? Commands are: start, train, predict, '],
    ['--prot', 'There is no flag before the command `--prot`.'],
  ])('refuses `%s`', async (word, message) => {
    const { code, stdout, stderr } = await lsml([word])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toEndWith('See `lsml --help`.\n')
  })

  test('helps with a command before it looks at its arguments', async () => {
    const { code, stdout, stderr } = await lsml(['start', 'no/such', '--nonsense', '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('lsml start <backend> [flags]')
  })

  test.each([
    ['start', start],
    ['predict', predict],
    ['init', init],
    ['connect', connect],
    ['doctor', doctor],
    ['annotate', annotate],
    ['evaluate', evaluate],
    ['export', exportDataset],
    ...ofModels,
  ])('the help of %s tells every flag, its default and its variable, in 110 columns', (_, command) => {
    const help = renderUsage(command)
    const oneLine = help.replaceAll(/\s+/g, ' ')
    for (const [name, flag] of Object.entries(command.flags)) {
      expect(help).toMatch(
        flag.type === 'positional' ? new RegExp(`^  ${name}\\b`, 'm') : new RegExp(` --${name}\\b`),
      )
      if (flag.default !== undefined) expect(oneLine).toContain(`(default: ${flag.default})`)
      for (const variable of flag.env ?? []) expect(oneLine).toContain(variable)
    }
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
    for (const [example] of command.examples) expect(help).toContain(`  ${example}\n`)
  })

  test('the help of models tells every command, in 110 columns', async () => {
    const help = await renderGroupUsage(models)
    for (const name of Object.keys(models.commands)) expect(help).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
  })
})
