// The safety of an account, as administrators see it.
import { Badge, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useAccountRescue, useAccountSecurity, useEnd } from '../../api/account';
import type { User } from '../../api/types';
import { useConfirm } from '../../forms/confirm';
import { FieldGroup } from '../../forms/FieldGroup';
import { SessionList, TokenList } from '../../forms/SecurityLists';
import { notifyDone, notifyError } from '../../shell/notify';

export function SecurityOfUser({ user }: { user: User }) {
  const { t } = useTranslation();
  const security = useAccountSecurity(user.id);
  const { unlock, removeFactor } = useAccountRescue(user.id);
  const end = useEnd('session');
  const [ask, dialogue] = useConfirm();
  if (!security.data) return <Loader size="sm" />;
  const { second_factor, recovery_codes, failures, locked_s } = security.data;

  const takeOff = async () => {
    const question = { title: t('users.security.takeOff'), text: t('users.security.takeOffQuestion'), confirm: t('users.security.takeOff') };
    if (await ask(question)) removeFactor.mutate(undefined, { onSuccess: () => notifyDone(t('account.factor.removed')), onError: notifyError });
  };
  const free = () => unlock.mutate(undefined, { onSuccess: () => notifyDone(t('users.security.unlocked')), onError: notifyError });
  return (
    <Stack gap="sm">
      <FieldGroup title={t('users.security.login')}>
        <Stack gap="sm" align="flex-start">
          <Group gap="xs">
            <Badge color={locked_s ? 'red' : 'green'}>{t(locked_s ? 'users.security.locked' : 'users.security.open')}</Badge>
            <Text>{t('users.security.failures', { count: failures })}</Text>
          </Group>
          {locked_s > 0 && <Text c="dimmed">{t('users.security.lockedFor', { count: locked_s })}</Text>}
          <Button variant="default" disabled={failures === 0} loading={unlock.isPending} onClick={free}>
            {t('users.security.unlock')}
          </Button>
        </Stack>
      </FieldGroup>
      <FieldGroup title={t('account.factor.title')}>
        <Stack gap="sm" align="flex-start">
          <Group gap="xs">
            <Badge color={second_factor ? 'green' : 'gray'}>{t(second_factor ? 'account.factor.on' : 'account.factor.off')}</Badge>
            {second_factor && <Text c="dimmed">{t('account.factor.codesLeft', { count: recovery_codes })}</Text>}
          </Group>
          <Button variant="default" disabled={!second_factor} loading={removeFactor.isPending} onClick={() => void takeOff()}>
            {t('users.security.takeOff')}
          </Button>
        </Stack>
      </FieldGroup>
      <FieldGroup title={t('account.sessions.title')}>
        <SessionList user={user.id} />
        <Button mt="sm" variant="default" loading={end.isPending} onClick={() => end.mutate(`users/${user.id}/sessions`, { onError: notifyError })}>
          {t('users.security.endAll')}
        </Button>
      </FieldGroup>
      <FieldGroup title={t('account.tokens.title')}>
        <TokenList user={user.id} />
      </FieldGroup>
      {dialogue}
    </Stack>
  );
}
