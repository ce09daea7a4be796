// The server's description of its own entities, read once per visit.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
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
  title?: string;
  'x-ref'?: string;
  'x-restart'?: boolean;
  'x-codecs'?: string[];
}

export interface EntitySchema {
  required?: string[];
  properties: Record<string, FieldSchema>;
}

interface Document {
  components: { schemas: Record<string, EntitySchema> };
}

function useSchemas() {
  const { data } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => api.get<Document>('openapi.json', signal),
    staleTime: Infinity,
  });
  return data?.components.schemas;
}

/** How an entity looks that is only read. */
export function useEntitySchemaOf(entity: string): EntitySchema | undefined {
  return useSchemas()?.[entity];
}

/** How an entity looks when it is to be created or changed; both have the same required fields. */
export function useEntitySchema(entity: EntityName, form: 'create' | 'patch'): EntitySchema | undefined {
  const all = useSchemas();
  return useMemo(() => {
    const schemas = all ?? {};
    const schema = schemas[`${entity}_${form}`];
    return schema && { properties: schema.properties, required: schemas[`${entity}_create`]?.required };
  }, [all, entity, form]);
}
