// The state of a form for several entities: what is to change in all of them, and to what.
import { useState } from 'react';
import type { EntitySchema, FieldSchema } from '../../api/openapi';
import { kindOf, same, type Values } from '../schema';
import type { EntityFormState } from '../useEntityForm';
import { fieldError } from '../validate';

/** What a field begins with that cannot be empty. */
function firstValue(schema: FieldSchema): unknown {
  switch (kindOf(schema)) {
    case 'switch':
      return false;
    case 'choice':
      return schema.enum?.find((one) => one !== null) ?? null;
    case 'number':
      return schema.minimum ?? 0;
    case 'references':
    case 'rights':
      return [];
    case 'reference':
      return null;
    default:
      return '';
  }
}

const isLeft = (schema: FieldSchema) => schema.nullable === true && kindOf(schema) !== 'reference';

/** What all of them say, or else something to begin with. */
function beginning(schema: FieldSchema, field: string, items: Values[]): unknown {
  const first = items[0]?.[field] ?? null;
  return first !== null && items.every((item) => same(item[field], first)) ? first : firstValue(schema);
}

export interface BulkForm extends EntityFormState {
  ticked: (field: string) => boolean;
  tick: (field: string, on: boolean) => void;
  /** What is ticked. */
  values: Values;
  /** Looks at all that is ticked; false with what is wrong shown. */
  check: () => boolean;
  showErrors: (errors: Record<string, string>) => void;
}

export function useBulkForm(entity: string, schema: EntitySchema, items: Values[]): BulkForm {
  const [values, setValues] = useState<Values>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const of = (field: string) => schema.properties[field] ?? {};

  const set = (field: string, value: unknown) => {
    setValues((old) => ({ ...old, [field]: value }));
    setErrors(({ [field]: _, ...others }) => others);
  };
  const tick = (field: string, on: boolean) => {
    if (on) set(field, beginning(of(field), field, items));
    else setValues(({ [field]: _, ...others }) => others);
  };
  const check = () => {
    const found: Record<string, string> = {};
    for (const [field, value] of Object.entries(values)) {
      const wrong = fieldError(entity, field, of(field), false, value);
      if (wrong) found[field] = wrong;
    }
    setErrors(found);
    return Object.keys(found).length === 0;
  };
  const nothing = () => Promise.resolve();

  return {
    entity, schema, values, set, tick, check, showErrors: setErrors,
    ticked: (field) => field in values,
    creating: false, saving: false, conflict: null, base: {}, dirty: Object.keys(values).length > 0,
    value: (field) => values[field],
    inherited: (field) => (isLeft(of(field)) ? firstValue(of(field)) : undefined),
    error: (field) => errors[field],
    required: () => false,
    submit: nothing, reset: () => setValues({}), keepMine: nothing, takeTheirs: () => undefined,
  };
}
