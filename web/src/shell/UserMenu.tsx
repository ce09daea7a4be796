import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { useLogout, useMe } from '../api/session';
import { Icon } from './icons';
import classes from './shell.module.css';

export function UserMenu() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const logout = useLogout();
  if (!me) return null;
  const name = `${me.first_name} ${me.last_name}`.trim() || me.login;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="transparent"
          color="white"
          px={6}
          leftSection={<Icon name="user" />}
          aria-label={t('shell.user.menu', { name })}
        >
          <span className={classes.userName}>{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('shell.user.loggedIn', { login: me.login })}</Menu.Label>
        <Menu.Item leftSection={<Icon name="settings" size={16} />} onClick={() => navigate('/account')}>
          {t('shell.user.account')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="traces" size={16} />} onClick={() => navigate('/api-docs')}>
          {t('shell.user.api')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="logout" size={16} />} onClick={() => logout.mutate()}>
          {t('shell.user.logout')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
