// The fields above the list of traces: number, user, Call-ID, time, status, kind.
import { Button, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fromLocalInput, toLocalInput } from '../../forms/localTime';
import { RefSelect } from '../../forms/RefSelect';
import { KINDS, STATUSES, type FilterName, type Filters } from './filters';
import classes from './traces.module.css';

interface FilterBarProps {
  filters: Filters;
  onFilter: (name: FilterName, value: string) => void;
  onClear: () => void;
}

const STATUS_TEXT: Record<string, string> = {
  ok: 'traces.ok', failed: 'traces.failed', '4xx': 'traces.class4', '5xx': 'traces.class5', '6xx': 'traces.class6',
};

function TextFilter({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  const ask = useDebouncedCallback(onChange, 300);
  useEffect(() => setText(value), [value]);
  const change = (next: string) => {
    setText(next);
    ask(next.trim());
  };
  return <TextInput label={label} autoComplete="off" value={text} onChange={(event) => change(event.currentTarget.value)} />;
}

export function FilterBar({ filters, onFilter, onClear }: FilterBarProps) {
  const { t } = useTranslation();
  const time = (name: 'from' | 'to') => (
    <TextInput
      type="datetime-local"
      label={t(`traces.${name}`)}
      value={toLocalInput(filters[name])}
      onChange={(event) => onFilter(name, fromLocalInput(event.currentTarget.value) ?? '')}
    />
  );
  const choice = (name: 'status' | 'kind', any: string, data: { value: string; label: string }[]) => (
    <Select
      label={t(`traces.${name}`)}
      allowDeselect={false}
      data={[{ value: 'any', label: any }, ...data]}
      value={filters[name] ?? 'any'}
      onChange={(value) => onFilter(name, value === 'any' ? '' : (value ?? ''))}
    />
  );
  return (
    <section className={`panel ${classes.filters}`} aria-label={t('traces.filters')}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" verticalSpacing="xs">
        <TextFilter label={t('traces.number')} value={filters.number ?? ''} onChange={(text) => onFilter('number', text)} />
        <RefSelect
          label={t('traces.user')}
          entity="user"
          value={filters.user ? Number(filters.user) : null}
          onChange={(id) => onFilter('user', id === null ? '' : String(id))}
        />
        <TextFilter label={t('traces.callId')} value={filters.call_id ?? ''} onChange={(text) => onFilter('call_id', text)} />
        {choice('status', t('traces.anyStatus'), STATUSES.map((value) => ({ value, label: t(STATUS_TEXT[value] ?? '') })))}
        {time('from')}
        {time('to')}
        {choice('kind', t('traces.anyKind'), KINDS.map((value) => ({ value, label: t(`traces.kinds.${value}`) })))}
        <Button variant="default" className={classes.clear} disabled={Object.keys(filters).length === 0} onClick={onClear}>
          {t('traces.clear')}
        </Button>
      </SimpleGrid>
    </section>
  );
}
