// What a field is called, what helps to fill it, and what its choices mean, in the chosen language.
import i18next from 'i18next';
import type { FieldSchema } from '../api/openapi';

function textOr<F>(key: string, fallback: F): string | F {
  return i18next.exists(key) ? i18next.t(key) : fallback;
}

export function fieldLabel(entity: string, field: string, schema?: FieldSchema): string {
  return textOr(`fields.${entity}.${field}`, schema?.title ?? field);
}

/** Some help is only true for a new entity; its key ends in _create. */
export function fieldHelp(entity: string, field: string, creating: boolean): string | undefined {
  const always = textOr(`help.${entity}.${field}`, undefined);
  return creating ? textOr(`help.${entity}.${field}_create`, always) : always;
}

export function optionLabel(entity: string, field: string, option: string): string {
  return textOr(`options.${entity}.${field}.${option}`, option);
}

export function patternText(entity: string, field: string): string {
  return textOr(`errors.pattern.${entity}.${field}`, i18next.t('errors.field.pattern'));
}
