// A number, or the number of somebody found by name.
import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { forwardRef } from 'react';
import { usePeople, type Person } from '../../api/manager';

const WAIT_MS = 200;
const labelOf = ({ first_name, last_name, number }: Person) => `${[first_name, last_name].filter(Boolean).join(' ')} · ${number}`;

/** What is dialled when that was typed or picked. */
export function numberOf(text: string): string {
  const at = text.lastIndexOf(' · ');
  return (at < 0 ? text : text.slice(at + 3)).trim();
}

interface NumberInputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

export const NumberInput = forwardRef<HTMLInputElement, NumberInputProps>(function NumberInput({ label, value, onChange }, ref) {
  const [search] = useDebouncedValue(value.includes(' · ') ? '' : value.trim(), WAIT_MS);
  const people = usePeople(search);
  const data = [...new Set((people.data ?? []).map(labelOf))];
  return <Autocomplete ref={ref} label={label} value={value} onChange={onChange} data={data} filter={({ options }) => options} autoComplete="off" />;
});
