// After the log-in of somebody who must use a second factor and has none: nothing else can be done before.
import { Button, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { checkSession, useLogout } from '../../api/session';
import { Door } from '../../shell/Door';
import { SecondFactor } from '../account/SecondFactor';

export default function SecondFactorFirst() {
  const { t } = useTranslation();
  const leave = useLogout();
  return (
    <Door title={t('login.factor.title')}>
      <Stack gap="sm">
        <Text>{t('login.factor.intro')}</Text>
        <SecondFactor onDone={() => void checkSession()} />
        <Button variant="subtle" loading={leave.isPending} onClick={() => leave.mutate()}>
          {t('shell.user.logout')}
        </Button>
      </Stack>
    </Door>
  );
}
