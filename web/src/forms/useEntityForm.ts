// The state of a form for one entity: what the server holds, what has been edited, what is wrong.
import { useState } from 'react';
import { ApiError, ConflictError } from '../api/error';
import type { EntitySchema } from '../api/openapi';
import { fieldErrorText, notifyError } from '../shell/notify';
import { initialValue, isEmpty, same, type Values } from './schema';
import { fieldError } from './validate';

interface FormOptions {
  entity: string;
  schema: EntitySchema;
  /** What the server holds; null when the entity is still to be created. */
  stored: Values | null;
  /** What a new entity begins with, where the schema says nothing better. */
  initial?: Values;
  /** The fields of this form; the others are left alone. */
  fields: string[];
  /** Fields that must be filled although the schema allows them to be empty. */
  alsoRequired?: string[];
  /** What the fields that are null stand for: the values of the type. */
  inherited?: Values;
  /** Gets all filled fields of a new entity, or the changed ones with what they were when they began to be edited. */
  save: (values: Values, before: Values) => Promise<unknown>;
}

export interface EntityFormState {
  entity: string;
  schema: EntitySchema;
  creating: boolean;
  dirty: boolean;
  saving: boolean;
  value: (field: string) => unknown;
  /** Of a field that may be left to the type: what that says; else undefined. */
  inherited: (field: string) => unknown;
  error: (field: string) => string | undefined;
  required: (field: string) => boolean;
  set: (field: string, value: unknown) => void;
  submit: () => Promise<void>;
  reset: () => void;
  /** Somebody else has changed the same fields meanwhile. */
  conflict: ConflictError | null;
  base: Values;
  keepMine: () => Promise<void>;
  takeTheirs: () => void;
}

export function useEntityForm({ entity, schema, stored, initial = {}, fields, alsoRequired = [], inherited = {}, save }: FormOptions): EntityFormState {
  const [edits, setEdits] = useState<Values>({});
  const [base, setBase] = useState<Values>({}); // what edited fields were at first
  const [conflict, setConflict] = useState<ConflictError | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [saving, setSaving] = useState(false);
  const creating = stored === null;

  const before = (field: string) => {
    const property = schema.properties[field] ?? {};
    if (field in inherited) return (stored ?? initial)[field] ?? null;
    return stored?.[field] ?? (stored && property.writeOnly ? '' : (field in initial ? initial[field] : initialValue(property)));
  };
  const value = (field: string) => (field in edits ? edits[field] : before(field));
  const required = (field: string) => {
    const writeOnly = schema.properties[field]?.writeOnly === true;
    if (stored && writeOnly) return false; // an empty password means: keep it
    return (schema.required?.includes(field) ?? false) || alsoRequired.includes(field);
  };
  const unchanged = (field: string) =>
    field in inherited ? value(field) === before(field) : same(value(field), before(field)); // there, empty is something to say
  const changed = fields.filter((field) => !unchanged(field));

  const set = (field: string, next: unknown) => {
    setEdits((old) => ({ ...old, [field]: next }));
    setBase((old) => (field in old ? old : { ...old, [field]: before(field) }));
    setErrors(({ [field]: _, ...others }) => others);
  };
  const reset = () => {
    setEdits({});
    setBase({});
    setConflict(null);
    setErrors({});
  };

  const check = () => {
    const found: Record<string, string> = {};
    for (const field of fields) {
      const property = schema.properties[field];
      const wrong = property && fieldError(entity, field, property, required(field), value(field));
      if (wrong) found[field] = wrong;
    }
    return found;
  };

  const show = (error: unknown) => {
    if (error instanceof ConflictError) {
      setConflict(error);
      return;
    }
    const here = error instanceof ApiError ? error.fields.filter(({ field }) => fields.includes(field)) : [];
    if (here.length) setErrors(Object.fromEntries(here.map((e) => [e.field, fieldErrorText(e)])));
    else notifyError(error);
  };

  const send = async (known: Values) => {
    const wrong = check();
    setErrors(wrong);
    if (Object.keys(wrong).length) return;
    const sent = creating ? fields.filter((field) => !isEmpty(value(field)) || (field in inherited && value(field) === '')) : changed;
    setSaving(true);
    try {
      await save(Object.fromEntries(sent.map((field) => [field, value(field)])), known);
      reset();
    } catch (error) {
      show(error);
    } finally {
      setSaving(false);
    }
  };

  const submit = () => send(base);
  /** Overwrites what the other one has written, now that it has been seen. */
  const keepMine = async () => {
    if (!conflict) return;
    const seen = { ...base, ...Object.fromEntries(conflict.fields.map((field) => [field, conflict.present[field]])) };
    setBase(seen);
    setConflict(null);
    await send(seen);
  };
  /** Gives up one's own edits of these fields; the others stay to be saved. */
  const takeTheirs = () => {
    if (!conflict) return;
    const without = (old: Values) => Object.fromEntries(Object.entries(old).filter(([field]) => !conflict.fields.includes(field)));
    setEdits(without);
    setBase(without);
    setConflict(null);
  };

  return {
    entity, schema, conflict, base, keepMine, takeTheirs, creating, saving, value, required, set, submit, reset,
    inherited: (field) => inherited[field],
    dirty: changed.length > 0,
    error: (field) => errors[field],
  };
}
