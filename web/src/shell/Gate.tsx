// Decides what a visitor sees: the first start, the login, or the pages.
import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router-dom';
import { setLoggedOutHandler } from '../api/client';
import { checkSession, useHealth, useSession } from '../api/session';
import { followUserLanguage } from '../i18n';
import { Boundary } from './Boundary';

/** Where the links of mails lead, see src/store/password_reset.c and conference_mail.c. */
const NEW_PASSWORD = '/new-password';
const INVITATION = '/conference/';

const NewPassword = lazy(() => import('../pages/login/NewPassword'));
const Invitation = lazy(() => import('../pages/conferences/Invitation'));
const SecondFactorFirst = lazy(() => import('../pages/login/SecondFactorFirst'));
const Login = lazy(() => import('../pages/login/Login'));
const Setup = lazy(() => import('../pages/setup/Setup'));

function Unreachable({ retry }: { retry: () => void }) {
  const { t } = useTranslation();
  return (
    <Center h="100vh">
      <Stack align="center">
        <Text role="alert">{t('errors.code.unreachable')}</Text>
        <Button onClick={retry}>{t('table.retry')}</Button>
      </Stack>
    </Center>
  );
}

export function Gate({ children }: { children: ReactNode }) {
  const health = useHealth();
  const session = useSession();
  const { pathname } = useLocation();
  const language = session.data?.user.language;

  useEffect(() => setLoggedOutHandler(() => void checkSession()), []);
  useEffect(() => {
    if (language) void followUserLanguage(language);
  }, [language]);

  const waiting = (
    <Center h="100vh">
      <Loader size="sm" />
    </Center>
  );
  if (health.isError) return <Unreachable retry={() => void health.refetch()} />;
  if (session.isError) return <Unreachable retry={() => void session.refetch()} />;
  const door = (place: string, page: ReactNode) => (
    <Boundary place={place}>
      <Suspense fallback={waiting}>{page}</Suspense>
    </Boundary>
  );
  if (health.data?.setup_needed) return door('setup', <Setup />);
  if (pathname === NEW_PASSWORD) return door('new-password', <NewPassword />);
  if (pathname.startsWith(INVITATION)) return door('invitation', <Invitation token={pathname.slice(INVITATION.length)} />);
  if (session.data?.second_factor_needed) return door('factor', <SecondFactorFirst />);
  if (session.data) return <>{children}</>;
  if (health.isPending || session.isPending) return waiting;
  return door('login', <Login />);
}
