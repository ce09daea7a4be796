// The bar above every page.
import { Burger, Button, Group, Kbd } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLiveConnected } from '../live/LiveProvider';
import { Icon } from './icons';
import { LanguageMenu } from './LanguageMenu';
import { Logo } from './Logo';
import { SchemeMenu } from './SchemeMenu';
import classes from './shell.module.css';
import { UserMenu } from './UserMenu';

function LiveState() {
  const { t } = useTranslation();
  const connected = useLiveConnected();
  return (
    <div role="status" aria-live="polite">
      {!connected && (
        <span className={classes.offline}>
          <Icon name="warning" size={15} /> {t('shell.live.disconnected')}
        </span>
      )}
    </div>
  );
}

interface HeaderProps {
  menuOpen: boolean;
  onMenu: () => void;
  onSearch: () => void;
}

export function Header({ menuOpen, onMenu, onSearch }: HeaderProps) {
  const { t } = useTranslation();
  return (
    <Group h="100%" px="sm" gap="xs" wrap="nowrap" className={classes.header}>
      <Burger opened={menuOpen} onClick={onMenu} hiddenFrom="md" size="sm" color="white" aria-label={t('shell.menu')} />
      <span className={classes.brand}>
        <Logo />
        <span className={classes.brandName}>{t('shell.product')}</span>
      </span>
      <Button
        className={classes.searchButton}
        variant="default"
        justify="space-between"
        leftSection={<Icon name="search" size={15} />}
        rightSection={<Kbd size="xs" className={classes.keys}>{t('shell.search.keys')}</Kbd>}
        onClick={onSearch}
        aria-label={t('shell.search.open')}
      >
        <span className={classes.searchText}>{t('shell.search.open')}</span>
      </Button>
      <span className={classes.spacer} />
      <LiveState />
      <LanguageMenu />
      <SchemeMenu />
      <UserMenu />
    </Group>
  );
}
