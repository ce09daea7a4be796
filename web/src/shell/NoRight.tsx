// For people who may log in but not administer: so far there is nothing here for them.
import { Button, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLogout } from '../api/session';
import { Door } from './Door';

export function NoRight({ name }: { name: string }) {
  const { t } = useTranslation();
  const logout = useLogout();
  return (
    <Door title={t('shell.noRight.title', { name })}>
      <Text mb="md">{t('shell.noRight.text')}</Text>
      <Button fullWidth size="sm" variant="default" onClick={() => logout.mutate()} loading={logout.isPending}>
        {t('shell.user.logout')}
      </Button>
    </Door>
  );
}
