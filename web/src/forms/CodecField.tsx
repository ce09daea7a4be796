// A list of codecs, in order of preference; the server says which there are.
import { Badge, Input, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { OrderedList } from './OrderedList';

/** "g722, alaw" */
export function codecsOf(list: string): string[] {
  return list.split(',').map((key) => key.trim()).filter((key) => key !== '');
}

interface CodecFieldProps {
  name: string;
  label: string;
  description?: ReactNode;
  error?: string;
  disabled?: boolean;
  choices: string[];
  value: string;
  onChange: (list: string) => void;
}

export function CodecField({ name, label, description, error, disabled, choices, value, onChange }: CodecFieldProps) {
  const { t } = useTranslation();
  const chosen = codecsOf(value);
  const nameOf = (key: string) => t(`codecs.name.${key}`, { defaultValue: key });
  const hint = (key: string) => t(`codecs.hint.${key}`, { defaultValue: '' });
  const badge = (key: string) => hint(key) && <Badge color="gray">{hint(key)}</Badge>;
  const set = (keys: string[]) => onChange(keys.join(','));
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div" data-field={name}>
      <OrderedList
        label={label}
        entries={chosen.map((key) => ({ key, name: nameOf(key), badge: badge(key) }))}
        disabled={disabled}
        empty={t('codecs.none')}
        onOrder={set}
      />
      {!disabled && (
        <Select
          key={value} // empties the field after each pick
          name={name}
          size="xs"
          mb={5}
          aria-label={t('forms.addTo', { label })}
          placeholder={t('forms.add')}
          searchable
          data={choices.filter((key) => !chosen.includes(key)).map((key) => ({ value: key, label: [nameOf(key), hint(key)].filter(Boolean).join(', ') }))}
          value={null}
          onChange={(key) => key !== null && set([...chosen, key])}
          nothingFoundMessage={t('forms.nothingFound')}
        />
      )}
    </Input.Wrapper>
  );
}
