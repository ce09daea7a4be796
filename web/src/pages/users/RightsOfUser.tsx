// What a user may: the administrator's switches, and a way back to the defaults.
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Settings } from '../../api/types';
import { Fields } from '../../forms/EntityForm';
import type { EntityFormState } from '../../forms/useEntityForm';

export function RightsOfUser({ form }: { form: EntityFormState }) {
  const { t } = useTranslation();
  const settings = useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => api.get<Settings>('settings', signal) });
  const defaults = settings.data?.default_rights;
  return (
    <>
      <Group mb="sm" justify="space-between">
        <Text c="dimmed">{t('users.rightsIntro')}</Text>
        <Button variant="default" disabled={!defaults} onClick={() => form.set('rights', defaults)}>
          {t('users.defaultRights')}
        </Button>
      </Group>
      <Fields form={form} fields={['admin']} />
      <Fields form={form} fields={['rights']} columns={1} />
    </>
  );
}
