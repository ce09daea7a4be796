// Where one is logged in, and the second factor.
import { Button, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useEnd } from '../../api/account';
import { FieldGroup } from '../../forms/FieldGroup';
import { SessionList } from '../../forms/SecurityLists';
import { notifyDone, notifyError } from '../../shell/notify';
import { SecondFactor } from './SecondFactor';

export function Security() {
  const { t } = useTranslation();
  const end = useEnd('session');
  const endOthers = () => end.mutate('me/sessions', { onSuccess: () => notifyDone(t('account.sessions.ended')), onError: notifyError });
  return (
    <Stack gap="sm">
      <FieldGroup title={t('account.factor.title')}>
        <SecondFactor />
      </FieldGroup>
      <FieldGroup title={t('account.sessions.title')}>
        <SessionList />
        <Button mt="sm" variant="default" loading={end.isPending} onClick={endOthers}>
          {t('account.sessions.endOthers')}
        </Button>
      </FieldGroup>
    </Stack>
  );
}
