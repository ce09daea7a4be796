import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router-dom';
import { useHealth, useRights } from '../api/session';
import { Icon } from './icons';
import { NewMessagesBadge } from './NewMessagesBadge';
import { groupsFor } from './pages';
import classes from './shell.module.css';
import { UnreadBadge } from './UnreadBadge';

export function SideBar({ onFollow }: { onFollow: () => void }) {
  const { t } = useTranslation();
  const { data: health } = useHealth();
  const rights = useRights();
  return (
    <div className={classes.sideBar}>
      {groupsFor(rights).map((group) => (
        <section key={group.text}>
          <h2 className={classes.groupTitle}>{t(group.text)}</h2>
          <ul className={classes.links}>
            {group.pages.map(({ path, icon, text }) => (
              <li key={path}>
                <NavLink to={path} end={path === '/'} className={classes.link ?? ''} onClick={onFollow}>
                  <Icon name={icon} /> {t(text)} {path === '/notices' && <UnreadBadge />}
                  {path === '/voicemail' && <NewMessagesBadge />}
                </NavLink>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <p className={classes.version}>{health && t('shell.version', { version: health.version })}</p>
    </div>
  );
}
