// What a field is called, what helps to fill it, and what its choices mean, in the chosen language.
import i18next from 'i18next';
import type { FieldSchema } from '../api/openapi';

/** Entities whose fields are those of another one have its texts. */
const TEXTS_ALSO_OF: Record<string, string> = { device_type: 'phone', provider: 'line' };

function textOr<F>(key: string, fallback: F): string | F {
  return i18next.exists(key) ? i18next.t(key) : fallback;
}

export function fieldLabel(entity: string, field: string, schema?: FieldSchema): string {
  const other = TEXTS_ALSO_OF[entity] ?? entity;
  return textOr(`fields.${entity}.${field}`, textOr(`fields.${other}.${field}`, schema?.title ?? field));
}

/** Some help is only true for a new entity; its key ends in _create. */
export function fieldHelp(entity: string, field: string, creating: boolean): string | undefined {
  const other = TEXTS_ALSO_OF[entity] ?? entity;
  const always = textOr(`help.${entity}.${field}`, textOr(`help.${other}.${field}`, undefined));
  return creating ? textOr(`help.${entity}.${field}_create`, always) : always;
}

export function optionLabel(entity: string, field: string, option: string): string {
  const other = TEXTS_ALSO_OF[entity] ?? entity;
  return textOr(`options.${entity}.${field}.${option}`, textOr(`options.${other}.${field}.${option}`, option));
}

export function patternText(entity: string, field: string): string {
  return textOr(`errors.pattern.${entity}.${field}`, i18next.t('errors.field.pattern'));
}
