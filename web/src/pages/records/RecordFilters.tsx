// Whose calls, which way, how they ended.
import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useEntitySchemaOf } from '../../api/openapi';
import { RefSelect } from '../../forms/RefSelect';
import { optionLabel } from '../../forms/texts';

export const FILTERS = ['user', 'group', 'direction', 'result'] as const;
export type RecordFilter = (typeof FILTERS)[number];

interface RecordFiltersProps {
  values: Partial<Record<RecordFilter, string>>;
  onFilter: (name: RecordFilter, value: string) => void;
}

const ANY = 'any';
const DIRECTIONS = ['in', 'out', 'internal'];

export function RecordFilters({ values, onFilter }: RecordFiltersProps) {
  const { t } = useTranslation();
  const results = useEntitySchemaOf('call_record')?.properties.result?.enum ?? [];
  const ref = (name: 'user' | 'group') => (
    <RefSelect
      size="xs"
      w={170}
      aria-label={t(`records.filter.${name}`)}
      placeholder={t(`records.filter.${name}`)}
      entity={name}
      value={values[name] ? Number(values[name]) : null}
      onChange={(id) => onFilter(name, id === null ? '' : String(id))}
    />
  );
  const choice = (name: 'direction' | 'result', any: string, data: { value: string; label: string }[]) => (
    <Select
      size="xs"
      w={150}
      aria-label={t(`records.filter.${name}`)}
      allowDeselect={false}
      data={[{ value: ANY, label: any }, ...data]}
      value={values[name] ?? ANY}
      onChange={(value) => onFilter(name, value === ANY || value === null ? '' : value)}
    />
  );
  return (
    <>
      {ref('user')}
      {ref('group')}
      {choice('direction', t('records.filter.anyDirection'), DIRECTIONS.map((value) => ({ value, label: t(`records.filter.${value}`) })))}
      {choice(
        'result',
        t('records.filter.anyResult'),
        results.filter((value) => value !== null).map((value) => ({ value, label: optionLabel('call_record', 'result', value) })),
      )}
    </>
  );
}
