export type Json = Readonly<Record<string, unknown>>

/**
 * A JSON schema as people read it: the types of its fields, one a line, `?` where a field may be missing. Free fields are
 * not mentioned: every body may have some.
 */
export function toSchemaText(schema: Json, indent = ''): string {
  const { type, enum: values, const: value, anyOf, items } = schema as Schema
  if (value !== undefined) return JSON.stringify(value)
  if (values !== undefined) return values.map((each) => JSON.stringify(each)).join(' | ')
  if (anyOf !== undefined) return anyOf.map((each) => toSchemaText(each, indent)).join(' | ')
  if (Array.isArray(type)) return type.join(' | ')
  if (type === 'array') return toList(items ?? {}, indent)
  if (type === 'object') return toFields(schema as Schema, indent)
  return typeof type === 'string' ? type : 'anything'
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Json[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
}

function toList(items: Schema, indent: string): string {
  const isUnion = items.anyOf !== undefined || items.enum !== undefined || Array.isArray(items.type)
  const text = toSchemaText(items as Json, indent)
  return isUnion ? `(${text})[]` : `${text}[]`
}

function toFields({ properties = {}, required = [] }: Schema, indent: string): string {
  const inner = `${indent}  `
  const lines = Object.entries(properties).map(([name, schema]) => {
    const comment = typeof schema.description === 'string' ? `  // ${schema.description}` : ''
    return `${inner}${name}${required.includes(name) ? '' : '?'}: ${toSchemaText(schema, inner)}${comment}`
  })
  return lines.length === 0 ? 'object' : `{\n${lines.join('\n')}\n${indent}}`
}
