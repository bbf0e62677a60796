import { describe, expect, test } from 'bun:test'
import { start } from '../../src/cli/commands/start.ts'
import { predict } from '../../src/cli/commands/predict.ts'
import { readArguments } from '../../src/cli/read-arguments.ts'

const read = (line: string) => readArguments(line.split(' ').filter(Boolean), start.flags)

describe('reading a command line', () => {
  test('takes the command of the Python backend as it was typed for years', () => {
    const { rawArgs, lists } = read(
      'ocr --with det_config=/m/dbnet.py det_ckpt=/m/dbnet.pth recog_config=/m/sar.py recog_ckpt=/m/sar.pth image_dir=/data/media device=cuda -p 9091',
    )
    expect(rawArgs).toEqual(['--port=9091', '--', 'ocr'])
    expect(lists.with).toEqual([
      'det_config=/m/dbnet.py',
      'det_ckpt=/m/dbnet.pth',
      'recog_config=/m/sar.py',
      'recog_ckpt=/m/sar.pth',
      'image_dir=/data/media',
      'device=cuda',
    ])
  })

  test.each(['ocr -p 9091', 'ocr -p9091', 'ocr --port 9091', '--port=9091 ocr', '-p=9091 -- ocr'])(
    'takes a value in every spelling: %s',
    (line) => {
      expect(read(line).rawArgs).toEqual(['--port=9091', '--', 'ocr'])
    },
  )

  test('takes pairs whose values hold `=` or nothing, from several `--with`, and the word after them', () => {
    const { rawArgs, lists } = read('--with a=x=y b= --debug --with c=1 ocr')
    expect(lists.with).toEqual(['a=x=y', 'b=', 'c=1'])
    expect(rawArgs).toEqual(['--debug', '--', 'ocr'])
  })

  test('takes the name that `--with` had besides', () => {
    expect(read('ocr --kwargs a=1').lists).toEqual({ with: ['a=1'] })
  })

  test('collects flags that may be given several times, in order', () => {
    const { lists } = read('ocr --allow-host a --model-dir x --allow-host b:8080')
    expect(lists).toEqual({ 'allow-host': ['a', 'b:8080'], 'model-dir': ['x'] })
  })

  test('leaves what follows `--` alone', () => {
    expect(read('-- --port').rawArgs).toEqual(['--', '--port'])
  })

  test('takes every word after the first as input, and an argument of one dash as a word', () => {
    expect(readArguments(['ocr', 'a.png', '-', 'b.png'], predict.flags).lists.input).toEqual([
      'a.png',
      '-',
      'b.png',
    ])
  })

  test.each([
    ['ocr --prot 1', 'There is no flag `--prot`. Did you mean `--port`?'],
    ['ocr --log_level=info', 'There is no flag `--log_level`. Did you mean `--log-level`?'],
    ['ocr --basic-auth x', 'There is no flag `--basic-auth`. Did you mean `--basic-auth-user`?'],
    ['ocr --zebra', 'There is no flag `--zebra`.'],
    ['ocr -x', 'There is no flag `-x`.'],
    ['ocr --p 1', 'There is no flag `--p`.'],
    ['ocr --port', 'The flag `--port` needs a value: `--port <n>`.'],
    ['ocr --port --debug', 'The flag `--port` needs a value: `--port <n>`.'],
    ['ocr --debug=yes', 'The flag `--debug` takes no value.'],
    ['ocr --with', 'The flag `--with` needs a value: `--with <k=v …>`.'],
    ['ocr --with fast', '`--with` takes `key=value` and got `fast`.'],
    ['ocr again', 'The argument `again` is one too many.'],
    ['ocr det_ckpt=a', 'The argument `det_ckpt=a` is one too many. Did you mean `--with det_ckpt=a`?'],
    ['', 'The backend is missing'],
  ])('refuses `%s`', (line, message) => {
    expect(() => read(line)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    )
  })
})
