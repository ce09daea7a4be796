// What surrounds every page of a logged-in person.
import { AppShell, Loader } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet, useLocation } from 'react-router-dom';
import { useRights } from '../api/session';
import { LiveProvider } from '../live/LiveProvider';
import { Boundary } from './Boundary';
import { DiskBanner } from './DiskBanner';
import { EmergencyBanner } from './EmergencyBanner';
import { Header } from './Header';
import { notifyDone } from './notify';
import classes from './shell.module.css';
import { SideBar } from './SideBar';

/** Says why the menu has changed under one's hands. */
function useRightsNews() {
  const { t } = useTranslation();
  const rights = useRights();
  const before = useRef(rights);
  useEffect(() => {
    if (before.current !== rights) notifyDone(t('shell.rightsChanged'));
    before.current = rights;
  }, [rights, t]);
}

const Incoming = lazy(() => import('../pages/manager/Incoming'));
const Search = lazy(() => import('./search/Search'));

export function Frame() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const [menuOpen, menu] = useDisclosure(false);
  const [searching, search] = useDisclosure(false);
  const rights = useRights();
  useRightsNews();
  useHotkeys([['mod+K', search.open]], []);

  return (
    <LiveProvider>
      {rights.has('callman') && (
        <Suspense fallback={null}>
          <Incoming />
        </Suspense>
      )}
      <a href="#content" className={classes.skip}>
        {t('shell.skip')}
      </a>
      <AppShell header={{ height: 48 }} navbar={{ width: 212, breakpoint: 'md', collapsed: { mobile: !menuOpen } }}>
        <AppShell.Header className={classes.headerBar ?? ''}>
          <Header menuOpen={menuOpen} onMenu={menu.toggle} onSearch={search.open} />
        </AppShell.Header>
        <AppShell.Navbar className={classes.sideBarFrame ?? ''} data-folded={!menuOpen || undefined} aria-label={t('shell.menu')}>
          <SideBar onFollow={menu.close} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1}>
          {rights.has('admin') && <DiskBanner />}
          {rights.has('admin') && <EmergencyBanner />}
          <Boundary place={pathname}>
            <Suspense fallback={<Loader m="xl" size="sm" />}>
              <Outlet />
            </Suspense>
          </Boundary>
        </AppShell.Main>
      </AppShell>
      {searching && (
        <Suspense fallback={null}>
          <Search onClose={search.close} />
        </Suspense>
      )}
    </LiveProvider>
  );
}
