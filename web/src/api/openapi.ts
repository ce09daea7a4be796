// The server's description of its own entities, read once per visit.
import { useQuery } from '@tanstack/react-query';
import { api } from './client';
import type { EntityName } from './types';

export interface FieldSchema {
  type?: string | string[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  enum?: (string | null)[];
  default?: unknown;
  description?: string;
  nullable?: boolean;
  readOnly?: boolean;
  writeOnly?: boolean;
  items?: FieldSchema;
  'x-label'?: string;
  'x-ref'?: string;
  'x-restart'?: boolean;
}

export interface EntitySchema {
  required?: string[];
  properties: Record<string, FieldSchema>;
}

interface Document {
  components: { schemas: Record<string, EntitySchema> };
}

const plain = (name: string) => name.replace(/[_-]/g, '').toLowerCase();

export function useEntitySchema(entity: EntityName): EntitySchema | undefined {
  const { data } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => api.get<Document>('openapi.json', signal),
    staleTime: Infinity,
  });
  const found = Object.entries(data?.components.schemas ?? {}).find(([name]) => plain(name) === plain(entity));
  return found?.[1];
}
