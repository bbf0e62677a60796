import { SaxesParser } from 'saxes'
import { LsmlError } from '../errors.ts'

export interface XmlElement {
  /** As written, a namespace prefix included. */
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * Walks the elements of an XML text in document order. Entities other than the five of XML and character references
 * are refused and a DOCTYPE is passed over, so nothing is fetched and nothing expands.
 *
 * @throws LsmlError INVALID_LABEL_CONFIG with the line and column of the first mistake
 */
export function walkXml(xml: string, onOpen: (element: XmlElement) => void, onClose: () => void): void {
  const parser = new SaxesParser({ xmlns: false })
  parser.on('error', (error) => {
    throw loneAmpersand(xml) ?? notXml(error.message.replace(/^\d+:\d+: /, ''), parser.line, parser.column)
  })
  parser.on('opentag', ({ name, attributes }) => onOpen({ tag: name, attributes: { ...attributes } }))
  parser.on('closetag', onClose)
  parser.write(xml).close()
}

/** The most common mistake by far, as in `R&D`, of which the parser only says that some tag after it is not closed. */
function loneAmpersand(xml: string): LsmlError | undefined {
  const outside = xml.replaceAll(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>/g, (part) => part.replaceAll('&', ' '))
  const index = outside.search(/&(?!(?:#\d+|#x[\da-f]+|[\w:.-]+);)/i)
  if (index < 0) return undefined
  const lines = xml.slice(0, index).split('\n')
  return notXml('a `&` that stands alone must be written `&amp;`', lines.length, lines.at(-1)?.length ?? 0)
}

function notXml(reason: string, line: number, column: number): LsmlError {
  const where = `line ${line}, column ${column}`
  return new LsmlError(
    'INVALID_LABEL_CONFIG',
    `The labeling config is not valid XML: ${reason.replace(/\.$/, '')} (${where}). Correct it in the project's settings, under Labeling Interface.`,
    { issues: [{ path: where, message: reason }] },
  )
}
