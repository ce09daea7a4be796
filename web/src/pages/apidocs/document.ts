// The server's description of its interface, arranged for reading.
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';

export interface Schema {
  type?: string;
  format?: string;
  enum?: (string | null)[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  title?: string;
  description?: string;
  readOnly?: boolean;
  $ref?: string;
  allOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

type Content = Record<string, { schema: Schema }>;

interface RawOperation {
  summary?: string;
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
}

export interface Document {
  info: { version: string };
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Operation {
  method: string;
  path: string;
  summary: string;
  parameters: Parameter[];
  body: Schema | undefined;
  status: string;
  answer: Schema | undefined;
  answerType: string;
}

export function useDocument() {
  return useQuery({ queryKey: ['openapi'], queryFn: ({ signal }) => api.get<Document>('openapi.json', signal), staleTime: Infinity });
}

function operation(path: string, method: string, raw: RawOperation): Operation {
  const [status = '', answer] = Object.entries(raw.responses).find(([code]) => code.startsWith('2')) ?? [];
  const [answerType = '', content] = Object.entries(answer?.content ?? {})[0] ?? [];
  return {
    method: method.toUpperCase(),
    path,
    summary: raw.summary ?? '',
    parameters: raw.parameters ?? [],
    body: Object.values(raw.requestBody?.content ?? {})[0]?.schema,
    status,
    answer: content?.schema,
    answerType,
  };
}

/** By the first word of the path: /api/users/{id} is one of the users. */
export function groupsOf({ paths }: Document, search: string): [string, Operation[]][] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, raw] of Object.entries(methods)) {
      const one = operation(path, method, raw);
      const text = `${one.method} ${path} ${one.summary}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      const name = path.split('/')[2] ?? 'metrics';
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

const nameOf = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1);

/** "user", "user[]", "string (date-time)", "in | out". */
export function typeText(schema: Schema | undefined): string {
  if (!schema) return '';
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.allOf?.[0]) return typeText(schema.allOf[0]);
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.type === 'array') return `${typeText(schema.items)}[]`;
  if (schema.properties?.items) return typeText(schema.properties.items);
  return schema.format ? `${schema.type} (${schema.format})` : (schema.type ?? '');
}

/** The named schema within, that is worth its own table. */
export function schemaName(schema: Schema | undefined): string | undefined {
  if (!schema) return undefined;
  if (schema.$ref) return nameOf(schema.$ref);
  return schemaName(schema.items ?? schema.properties?.items ?? schema.allOf?.[0]);
}

function example(schema: Schema | undefined, document: Document): unknown {
  const named = schema?.$ref ? document.components.schemas[nameOf(schema.$ref)] : schema;
  const fields = Object.entries(named?.properties ?? {}).filter(([name]) => (named?.required ?? []).includes(name));
  return Object.fromEntries(fields.map(([name, field]) => [name, field.type === 'integer' ? 1 : field.type === 'boolean' ? true : '…']));
}

/** A command that can be copied; the token is one's own. */
export function curl({ method, path, body }: Operation, document: Document): string {
  const parts = [`curl -H 'Authorization: Bearer stw_…'`];
  if (method !== 'GET') parts.push(`-X ${method}`);
  if (body) parts.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example(body, document))}'`);
  parts.push(`'${window.location.origin}${path}'`);
  return parts.join(' \\\n  ');
}
