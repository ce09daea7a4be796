// Checks a value against the API description, before the server has to.
import i18next from 'i18next';
import type { FieldSchema } from '../api/openapi';
import { money } from '../i18n/money';
import { isEmpty, kindOf } from './schema';
import { patternText } from './texts';

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;
const EMAIL = /^[^@\s]+@[^@\s]+$/;

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true; // a pattern of another dialect: the server decides
  }
}

function numberError(schema: FieldSchema, value: number): string | null {
  if (schema.minimum !== undefined && value < schema.minimum) return i18next.t('errors.field.minimum', { min: schema.minimum });
  if (schema.maximum !== undefined && value > schema.maximum) return i18next.t('errors.field.maximum', { max: schema.maximum });
  return null;
}

function amountError({ maximum }: FieldSchema, micro: number): string | null {
  return maximum !== undefined && micro > maximum ? i18next.t('errors.field.maximum', { max: money(maximum) }) : null;
}

function textError(entity: string, field: string, schema: FieldSchema, text: string): string | null {
  if (schema.format === 'clock') return CLOCK.test(text) ? null : i18next.t('errors.field.clock');
  if (schema.minLength !== undefined && text.length < schema.minLength) {
    return i18next.t('errors.field.tooShort', { count: schema.minLength });
  }
  if (schema.maxLength !== undefined && text.length > schema.maxLength) {
    return i18next.t('errors.field.tooLong', { count: schema.maxLength });
  }
  if (schema.pattern && !matches(schema.pattern, text)) return patternText(entity, field);
  if (schema.format === 'email' && !EMAIL.test(text)) return i18next.t('errors.field.email');
  return null;
}

export function fieldError(entity: string, field: string, schema: FieldSchema, required: boolean, value: unknown): string | null {
  if (isEmpty(value)) return required ? i18next.t('errors.field.required') : null;
  const kind = kindOf(schema);
  if (kind === 'set') return required && (value as unknown[]).length === 0 ? i18next.t('errors.field.required') : null;
  if (kind === 'number') return numberError(schema, Number(value));
  if (kind === 'money') return amountError(schema, Number(value));
  if (kind === 'text' || kind === 'secret' || kind === 'block') return textError(entity, field, schema, String(value));
  return null;
}
