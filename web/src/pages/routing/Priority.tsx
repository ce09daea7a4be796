// Which line a call outside takes, what becomes of calls that nobody takes, and where we are (LIN-1, LIN-5, RTG-1, RTG-2).
import { Anchor, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useList } from '../../api/collections';
import type { Range } from '../../api/types';
import { ChoiceField } from '../../forms/ChoiceField';
import { Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import { optionLabel } from '../../forms/texts';
import type { EntityFormState } from '../../forms/useEntityForm';
import { ALL_RANGES } from '../numbers/ranges';
import { SettingsForm } from './SettingsForm';

const PLACE = ['country_code', 'area_code', 'outside_prefix'];
const FIELDS = ['routing_priority', 'unavailable', 'deposit', ...PLACE];

function Ranges() {
  const { t } = useTranslation();
  const ranges = useList<Range>('ranges', ALL_RANGES).data?.items ?? [];
  const text = ranges.map(({ first, last }) => `${first}–${last}`).join(', ');
  return (
    <Text size="sm" mt="sm">
      {t('routing.ranges', { ranges: text || t('routing.rangesNone') })}{' '}
      <Anchor inherit component={Link} to="/numbers?tab=ranges" underline="always">
        {t('routing.toRanges')}
      </Anchor>
    </Text>
  );
}

function Choice({ form, field, title, choices }: { form: EntityFormState; field: string; title: string; choices: { value: string; help: string }[] }) {
  return (
    <ChoiceField
      name={field}
      label={title}
      value={String(form.value(field))}
      error={form.error(field)}
      onChange={(value) => form.set(field, value)}
      choices={choices.map((one) => ({ ...one, label: optionLabel('settings', field, one.value) }))}
    />
  );
}

export function Priority() {
  const { t } = useTranslation();
  const priorities = [
    { value: 'line_cor', help: t('routing.priority.line_cor') },
    { value: 'line', help: t('routing.priority.line') },
    { value: 'cor', help: t('routing.priority.cor') },
    { value: 'static', help: t('routing.priority.static') },
  ];
  const ends = [
    { value: 'deposit', help: t('routing.unavailable.deposit') },
    { value: 'reject', help: t('routing.unavailable.reject') },
  ];
  return (
    <SettingsForm fields={FIELDS}>
      {(form) => (
        <>
          <FieldGroup title={t('routing.priority.title')}>
            <Choice form={form} field="routing_priority" title={t('routing.priority.title')} choices={priorities} />
          </FieldGroup>
          <FieldGroup title={t('routing.unavailable.title')}>
            <Choice form={form} field="unavailable" title={t('routing.unavailable.title')} choices={ends} />
            <Group mt="md" grow maw={420}>
              <Fields form={form} fields={['deposit']} columns={1} />
            </Group>
          </FieldGroup>
          <FieldGroup title={t('routing.place')}>
            <Fields form={form} fields={PLACE} columns={3} />
            <Ranges />
          </FieldGroup>
        </>
      )}
    </SettingsForm>
  );
}
