// Reads the API description of a field the way the form needs it.
import type { FieldSchema } from '../api/openapi';

export type FieldKind = 'text' | 'secret' | 'number' | 'money' | 'switch' | 'choice' | 'reference' | 'references' | 'rights' | 'codecs' | 'set' | 'block' | 'time';

/** Texts that may be so long are written in several lines. */
const BLOCK_LENGTH = 10_000;

export type Values = Record<string, unknown>;

export function typeOf(schema: FieldSchema): string {
  const { type } = schema;
  return (Array.isArray(type) ? type.find((t) => t !== 'null') : type) ?? 'string';
}

export function kindOf(schema: FieldSchema): FieldKind {
  const type = typeOf(schema);
  if (type === 'boolean') return 'switch';
  if (schema.enum) return 'choice';
  if (type === 'array' && schema.items?.['x-ref']) return 'references';
  if (type === 'array' && schema['x-ref']) return 'references';
  if (type === 'array' && schema.items?.enum) return schema.items.enum.includes('setting') ? 'rights' : 'set';
  if (schema['x-ref']) return 'reference';
  if (schema.format === 'micro') return 'money';
  if (type === 'integer' || type === 'number') return 'number';
  if (schema.format === 'date-time') return 'time';
  if (schema.format === 'codecs') return 'codecs';
  if ((schema.maxLength ?? 0) >= BLOCK_LENGTH) return 'block';
  return schema.writeOnly || schema.format === 'password' ? 'secret' : 'text';
}

export function refOf(schema: FieldSchema): string {
  return (schema['x-ref'] ?? schema.items?.['x-ref'] ?? '').toLowerCase();
}

export function initialValue(schema: FieldSchema): unknown {
  if (schema.default !== undefined) return schema.default;
  switch (kindOf(schema)) {
    case 'switch':
      return false;
    case 'references':
    case 'rights':
    case 'set':
      return [];
    case 'reference':
    case 'number':
    case 'money':
    case 'choice':
      return null;
    default:
      return '';
  }
}

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

export function same(a: unknown, b: unknown): boolean {
  return a === b || (isEmpty(a) && isEmpty(b)) || JSON.stringify(a) === JSON.stringify(b);
}
