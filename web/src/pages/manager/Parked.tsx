// Who waits where: everybody may fetch a parked call.
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFetchOrbit, useOrbits } from '../../api/manager';
import { Icon } from '../../shell/icons';
import { notifyError } from '../../shell/notify';
import { Duration } from '../calls/Duration';
import classes from './manager.module.css';

export function Parked() {
  const { t } = useTranslation();
  const orbits = useOrbits().data ?? [];
  const fetch = useFetchOrbit();
  if (orbits.length === 0) return null;
  return (
    <section className={`panel ${classes.box}`} aria-labelledby="manager-parked">
      <h2 id="manager-parked">{t('manager.parked')}</h2>
      <ul className={classes.list}>
        {orbits.map(({ orbit, number, name, by_name, since }) => {
          const who = name || number || t('manager.somebody');
          return (
            <li key={orbit} className={classes.call}>
              <div className={classes.head}>
                <span className={classes.who}>{t('manager.waits', { who, orbit })}</span>
                {by_name && <span>{t('manager.parkedBy', { who: by_name })}</span>}
                <span className={classes.time}>
                  <Duration since={since} />
                </span>
              </div>
              <div className={classes.buttons}>
                <Button
                  size="compact-sm"
                  variant="light"
                  color="green"
                  leftSection={<Icon name="calls" size={14} />}
                  aria-label={t('manager.fetchFrom', { who, orbit })}
                  disabled={fetch.isPending}
                  onClick={() => fetch.mutate(orbit, { onError: notifyError })}
                >
                  {t('manager.fetch')}
                </Button>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
