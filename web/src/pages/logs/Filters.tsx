// Which lines are shown: component, level and words.
import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogFilters, Logs } from '../../api/logs';
import { Icon } from '../../shell/icons';

interface FiltersProps {
  filters: LogFilters;
  onFilters: (filters: LogFilters) => void;
  logs: Logs | undefined;
}

const ANY = 'any';
const TYPING_MS = 250;

export function Filters({ filters, onFilters, logs }: FiltersProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const ask = useDebouncedCallback((search: string) => onFilters({ ...filters, search }), TYPING_MS);
  const choice = (name: 'component' | 'level', any: string, values: { value: string; label: string }[]) => (
    <Select
      size="xs"
      w={170}
      aria-label={t(`logs.${name}`)}
      allowDeselect={false}
      data={[{ value: ANY, label: any }, ...values]}
      value={filters[name] ?? ANY}
      onChange={(value) => onFilters({ ...filters, [name]: value === ANY || value === null ? undefined : value })}
    />
  );
  return (
    <>
      <TextInput
        type="search"
        size="xs"
        w={220}
        aria-label={t('logs.search')}
        placeholder={t('logs.search')}
        leftSection={<Icon name="search" size={14} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          ask(event.currentTarget.value.trim());
        }}
      />
      {choice('component', t('logs.anyComponent'), (logs?.components ?? []).map(({ name }) => ({ value: name, label: name })))}
      {choice('level', t('logs.anyLevel'), (logs?.levels ?? []).map((name) => ({ value: name, label: t('logs.andWorse', { level: name }) })))}
    </>
  );
}
