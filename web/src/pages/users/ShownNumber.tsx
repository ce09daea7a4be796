// Which number of a user is shown outside (USR-8, RTG-1): the own, a chosen one, or none.
import { Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import { useSettings } from '../../api/settings';
import type { PhoneNumber } from '../../api/types';
import { ChoiceField } from '../../forms/ChoiceField';
import type { EntityFormState } from '../../forms/useEntityForm';

type Mode = 'own' | 'chosen' | 'withheld';

const EXTERNAL = { kind: 'external', page: 1, per_page: 1000 };

export function ShownNumber({ form }: { form: EntityFormState }) {
  const { t } = useTranslation();
  const number = String(form.value('display_number') ?? '');
  const [choosing, setChoosing] = useState(false); // but nothing chosen yet
  const known = (useList<PhoneNumber>('numbers', EXTERNAL).data?.items ?? []).map((one) => one.number);
  const priority = useSettings().data?.routing_priority;
  const shown: Mode = form.value('hide_number') === true ? 'withheld' : number || choosing ? 'chosen' : 'own';

  const choose = (mode: string) => {
    setChoosing(mode === 'chosen');
    form.set('hide_number', mode === 'withheld');
    if (mode === 'own') form.set('display_number', '');
  };
  return (
    <Stack gap="md">
      <ChoiceField
        name="shown"
        label={t('users.shown.title')}
        value={shown}
        onChange={choose}
        choices={[
          { value: 'own', label: t('users.shown.own'), help: t('users.shown.ownHelp') },
          { value: 'chosen', label: t('users.shown.chosen'), help: t('users.shown.chosenHelp') },
          { value: 'withheld', label: t('users.shown.withheld'), help: t('users.shown.withheldHelp') },
        ]}
      />
      {shown === 'chosen' && (
        <Select
          maw={360}
          label={t('users.shown.number')}
          data={number && !known.includes(number) ? [number, ...known] : known}
          value={number || null}
          error={form.error('display_number')}
          searchable
          nothingFoundMessage={known.length ? t('forms.nothingFound') : t('users.shown.none')}
          onChange={(next) => form.set('display_number', next ?? '')}
        />
      )}
      {shown !== 'withheld' && (priority === 'line' || priority === 'line_cor') && (
        <Text size="sm" c="dimmed" maw={720}>
          {t('users.shown.line')}
        </Text>
      )}
    </Stack>
  );
}
