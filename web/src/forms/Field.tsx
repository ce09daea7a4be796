// One input, chosen by what the API description says about the field.
import { Checkbox, NumberInput, PasswordInput, Select, Switch, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FieldSchema } from '../api/openapi';
import { BlockField } from './BlockField';
import { CodecField } from './CodecField';
import { fromLocalInput, toLocalInput } from './localTime';
import { MoneyField } from './MoneyField';
import { RefListField } from './RefListField';
import { RefSelect } from './RefSelect';
import { RightsField } from './RightsField';
import { SetField } from './SetField';
import { kindOf, refOf } from './schema';
import { fieldHelp, fieldLabel, optionLabel } from './texts';
import type { EntityFormState } from './useEntityForm';

function Help({ text, restart }: { text?: string; restart: boolean }) {
  const { t } = useTranslation();
  if (!text && !restart) return null;
  return (
    <>
      {text}
      {restart && (
        <Text span inherit c="var(--mantine-color-brass-text)">
          {text ? ' · ' : ''}
          {t('forms.restart')}
        </Text>
      )}
    </>
  );
}

/** What browsers have an input of its own for. */
const TYPES: Record<string, string | undefined> = { email: 'email', date: 'date' };

const asText = (value: unknown) => (value === null || value === undefined ? '' : String(value));

interface FieldProps {
  form: EntityFormState;
  field: string;
  disabled?: boolean;
}

/** A field that may be left to something else shows what that says while it is left to it. */
export function Field({ form, field }: FieldProps) {
  const { t } = useTranslation();
  const inherited = form.inherited(field);
  if (inherited === undefined) return <Input form={form} field={field} />;
  const own = form.value(field) !== null;
  const label = fieldLabel(form.entity, field, form.schema.properties[field]);
  const ofLine = form.entity === 'line';
  const set = (name: string, next: unknown) => form.set(name, next === null ? inherited : next); // an emptied number
  const shown = { ...form, set, value: (name: string) => (name === field && !own ? inherited : form.value(name)) };
  return (
    <div>
      <Input form={shown} field={field} disabled={!own} />
      <Checkbox
        size="xs"
        mt={4}
        label={ofLine ? t('forms.asProvider') : t('forms.asType')}
        aria-label={ofLine ? t('forms.asProviderOf', { field: label }) : t('forms.asTypeOf', { field: label })}
        checked={!own}
        onChange={(event) => form.set(field, event.currentTarget.checked ? null : inherited)}
      />
    </div>
  );
}

function Input({ form, field, disabled }: FieldProps) {
  const { t } = useTranslation();
  const schema: FieldSchema = form.schema.properties[field] ?? {};
  const help = fieldHelp(form.entity, field, form.creating);
  const value = form.value(field);
  const set = (next: unknown) => form.set(field, next);
  const common = {
    name: field,
    label: fieldLabel(form.entity, field, schema),
    description: help || schema['x-restart'] ? <Help text={help} restart={schema['x-restart'] === true} /> : undefined,
    error: form.error(field),
    disabled,
    withAsterisk: form.required(field),
    'aria-required': form.required(field),
  };

  switch (kindOf(schema)) {
    case 'switch': {
      const { withAsterisk: _, ...rest } = common;
      return <Switch {...rest} mt={4} checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />;
    }
    case 'choice': {
      const options = (schema.enum ?? []).filter((option) => option !== null);
      return (
        <Select
          {...common}
          data={options.map((option) => ({ value: option, label: optionLabel(form.entity, field, option) }))}
          value={value === null ? null : asText(value)}
          allowDeselect={false}
          onChange={set}
        />
      );
    }
    case 'number':
      return (
        <NumberInput
          {...common}
          value={value === null || value === undefined ? '' : Number(value)}
          allowDecimal={false}
          hideControls
          onChange={(next) => set(next === '' ? null : Number(next))}
        />
      );
    case 'money':
      return <MoneyField {...common} value={value as number | null} onChange={set} />;
    case 'reference':
      return <RefSelect {...common} entity={refOf(schema)} value={value as number | null} onChange={set} />;
    case 'references':
      return <RefListField {...common} entity={refOf(schema)} value={(value as number[] | null) ?? []} onChange={set} />;
    case 'rights':
      return <RightsField choices={(schema.items?.enum ?? []).filter((one) => one !== null)} value={(value as string[] | null) ?? []} onChange={set} />;
    case 'codecs': {
      const { withAsterisk: _, 'aria-required': __, ...rest } = common;
      return <CodecField {...rest} choices={schema['x-codecs'] ?? []} value={asText(value)} onChange={set} />;
    }
    case 'set': {
      const { name: _, ...rest } = common;
      const choices = (schema.items?.enum ?? []).filter((one) => one !== null);
      return <SetField {...rest} choices={choices.map((one) => ({ value: one, label: optionLabel(form.entity, field, one) }))} value={(value as string[] | null) ?? []} onChange={set} />;
    }
    case 'block':
      return (
        <BlockField
          {...common}
          placeholder={schema.writeOnly && !form.creating ? t('forms.keepSecret') : undefined}
          maxLength={schema.maxLength}
          value={asText(value)}
          onChange={set}
        />
      );
    case 'time':
      return (
        <TextInput
          {...common}
          type="datetime-local"
          value={toLocalInput(value)}
          onChange={(event) => set(fromLocalInput(event.currentTarget.value))}
        />
      );
    case 'secret':
      return (
        <PasswordInput
          {...common}
          autoComplete="new-password"
          placeholder={form.creating ? undefined : t('forms.keepSecret')}
          value={asText(value)}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          type={TYPES[schema.format ?? ''] ?? 'text'}
          autoComplete="off"
          maxLength={schema.maxLength}
          value={asText(value)}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
  }
}
