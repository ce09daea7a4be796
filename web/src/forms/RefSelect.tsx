// Chooses one entity out of many: the server searches while one types.
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useItem, useList } from '../api/collections';
import { displayName } from '../api/names';
import { COLLECTION_OF, type Collection } from '../api/types';

interface RefSelectProps {
  name?: string;
  label?: ReactNode;
  'aria-label'?: string;
  placeholder?: string;
  description?: ReactNode;
  error?: string;
  withAsterisk?: boolean;
  disabled?: boolean;
  size?: 'xs';
  w?: number;
  mb?: number;
  entity: string;
  value: number | null;
  exclude?: number[];
  onChange: (id: number | null) => void;
}

const CHOICES = 30;

export function RefSelect({ entity, value, exclude = [], onChange, ...input }: RefSelectProps) {
  const { t } = useTranslation();
  const collection = COLLECTION_OF[entity] as Collection;
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const current = useItem<{ id: number }>(collection, value);
  const name = current.data ? displayName(entity, current.data) : '';
  const [search] = useDebouncedValue(typed === name ? '' : typed, 200);
  const found = useList<{ id: number }>(collection, { search, page: 1, per_page: CHOICES }, open);

  const items = (found.data?.items ?? []).filter(({ id }) => id !== value && !exclude.includes(id));
  const data = items.map((item) => ({ value: String(item.id), label: displayName(entity, item) }));
  if (current.data && value !== null) data.unshift({ value: String(value), label: name });

  return (
    <Select
      {...input}
      data={data}
      value={value === null ? null : String(value)}
      onChange={(id) => onChange(id === null ? null : Number(id))}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      onDropdownOpen={() => setOpen(true)}
      filter={({ options }) => options}
      nothingFoundMessage={t('forms.nothingFound')}
      clearButtonProps={{ 'aria-label': t('forms.clear') }}
    />
  );
}
