// The fields above the list of traces: number, user, Call-ID, time, status, kind.
import { Button, Select, SimpleGrid, TextInput } from '@mantine/core';
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

const TYPING_MS = 300;

/** Asks when the typing pauses, always with the filters of that moment; what sets the value meanwhile wins. */
function TextFilter({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => onChange(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return <TextInput label={label} autoComplete="off" value={text} onChange={(event) => setText(event.currentTarget.value)} />;
}

export function FilterBar({ filters, onFilter, onClear }: FilterBarProps) {
  const { t } = useTranslation();
  const [round, setRound] = useState(0); // clearing forgets also what was typed and not asked yet
  const clear = () => {
    setRound(round + 1);
    onClear();
  };
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
        <TextFilter key={`number ${round}`} label={t('traces.number')} value={filters.number ?? ''} onChange={(text) => onFilter('number', text)} />
        <RefSelect
          label={t('traces.user')}
          entity="user"
          value={filters.user ? Number(filters.user) : null}
          onChange={(id) => onFilter('user', id === null ? '' : String(id))}
        />
        <TextFilter key={`call-id ${round}`} label={t('traces.callId')} value={filters.call_id ?? ''} onChange={(text) => onFilter('call_id', text)} />
        {choice('status', t('traces.anyStatus'), STATUSES.map((value) => ({ value, label: t(STATUS_TEXT[value] ?? '') })))}
        {time('from')}
        {time('to')}
        {choice('kind', t('traces.anyKind'), KINDS.map((value) => ({ value, label: t(`traces.kinds.${value}`) })))}
        <Button variant="default" className={classes.clear} disabled={Object.keys(filters).length === 0} onClick={clear}>
          {t('traces.clear')}
        </Button>
      </SimpleGrid>
    </section>
  );
}
