// An ordered list of references: add, remove, move.
import { Badge, Input } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { displayName, useByIds } from '../api/names';
import { OrderedList } from './OrderedList';
import { RefSelect } from './RefSelect';

interface RefListFieldProps {
  name?: string;
  label: string;
  description?: ReactNode;
  error?: string;
  withAsterisk?: boolean;
  entity: string;
  value: number[];
  /** The first one is not just the first. */
  primary?: boolean;
  onChange: (ids: number[]) => void;
}

export function RefListField({ label, description, error, entity, value, primary = true, onChange }: RefListFieldProps) {
  const { t } = useTranslation();
  const known = useByIds<{ id: number }>(entity === 'user' ? 'user' : 'phone', value);
  const nameOf = (id: number) => {
    const item = known.get(id);
    return item ? displayName(entity, item) : `#${id}`;
  };
  const first = primary && <Badge color="brass">{t('forms.primary')}</Badge>;

  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <OrderedList
        label={label}
        entries={value.map((id, index) => ({ key: String(id), name: nameOf(id), badge: index === 0 && first }))}
        onOrder={(keys) => onChange(keys.map(Number))}
      />
      <RefSelect
        key={value.length} // empties the field after each pick
        mb={5}
        entity={entity}
        value={null}
        exclude={value}
        aria-label={t('forms.addTo', { label })}
        placeholder={t('forms.add')}
        onChange={(id) => id !== null && onChange([...value, id])}
      />
    </Input.Wrapper>
  );
}
