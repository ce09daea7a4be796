// Step 2: where this telephone system is, how one dials outside, which numbers are internal (LIN-1), and the first line.
import { ActionIcon, Button, Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { useEntityForm } from '../../forms/useEntityForm';
import { Icon } from '../../shell/icons';
import { faultsOf, type FirstLine } from './line';
import { LineSection } from './LineSection';
import { DIALLING_SCHEMA } from './schema';

export interface Range {
  first: string;
  last: string;
}

export const DIALLING_FIELDS = Object.keys(DIALLING_SCHEMA.properties);

const good = ({ first, last }: Range) => /^\d{1,20}$/.test(first) && first.length === last.length && first <= last;

interface DiallingStepProps {
  settings: Record<string, unknown>;
  ranges: Range[];
  line: FirstLine;
  onBack: () => void;
  onNext: (settings: Record<string, unknown>, ranges: Range[], line: FirstLine) => void;
}

export function DiallingStep(props: DiallingStepProps) {
  const { t } = useTranslation();
  const [ranges, setRanges] = useState(props.ranges);
  const [line, setLine] = useState(props.line);
  const [checked, setChecked] = useState(false);
  const [entered, setEntered] = useState<Record<string, unknown>>({ country_code: '49', outside_prefix: '0', ...props.settings });
  const form = useEntityForm({
    entity: 'settings',
    schema: DIALLING_SCHEMA,
    stored: null,
    initial: entered,
    fields: DIALLING_FIELDS,
    save: async (values) => {
      setChecked(true);
      setEntered(values);
      if (ranges.every(good) && Object.keys(faultsOf(line)).length === 0) props.onNext(values, ranges, line);
      return Promise.resolve();
    },
  });
  const put = (index: number, change: Partial<Range>) =>
    setRanges(ranges.map((range, i) => (i === index ? { ...range, ...change } : range)));

  return (
    <EntityForm form={form} submitText={t('setup.next')} onCancel={props.onBack} cancelText={t('setup.back')}>
      <Fields form={form} fields={['company', 'country_code', 'area_code', 'outside_prefix', 'deposit']} />
      <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
        <legend>
          <Text fw={600} size="sm" mb={4}>
            {t('setup.ranges')}
          </Text>
        </legend>
        {ranges.map((range, index) => (
          <Group key={index} align="flex-start" gap="xs" mb="xs" wrap="nowrap">
            <TextInput
              aria-label={t('setup.rangeFirst', { number: index + 1 })}
              value={range.first}
              inputMode="numeric"
              error={checked && !good(range) ? t('setup.rangeWrong') : undefined}
              onChange={(event) => put(index, { first: event.currentTarget.value.trim() })}
            />
            <Text pt={6}>–</Text>
            <TextInput
              aria-label={t('setup.rangeLast', { number: index + 1 })}
              value={range.last}
              inputMode="numeric"
              onChange={(event) => put(index, { last: event.currentTarget.value.trim() })}
            />
            <ActionIcon
              variant="subtle"
              mt={4}
              disabled={ranges.length === 1}
              aria-label={t('setup.remove', { name: `${range.first}–${range.last}` })}
              onClick={() => setRanges(ranges.filter((_, i) => i !== index))}
            >
              <Icon name="trash" size={14} />
            </ActionIcon>
          </Group>
        ))}
        <Button variant="subtle" size="compact-sm" onClick={() => setRanges([...ranges, { first: '', last: '' }])}>
          {t('setup.addRange')}
        </Button>
      </fieldset>
      <LineSection line={line} checked={checked} onChange={setLine} />
    </EntityForm>
  );
}
