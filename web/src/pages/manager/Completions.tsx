// For whom one is called back; nothing while it is nobody.
import { ActionIcon, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCancelCompletion, useCompletions } from '../../api/completions';
import { dateTime } from '../../i18n/format';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import classes from './manager.module.css';

export function Completions() {
  const { t } = useTranslation();
  const waiting = useCompletions().data ?? [];
  const cancel = useCancelCompletion();
  if (waiting.length === 0) return null;
  return (
    <section className={`panel ${classes.box}`} aria-labelledby="manager-backs">
      <h2 id="manager-backs">{t('manager.backs')}</h2>
      <ul className={classes.list}>
        {waiting.map(({ id, number, target_name, why, since }) => {
          const who = [target_name, number].filter(Boolean).join(' ');
          const text = t('manager.backCancel', { who });
          return (
            <li key={id} className={`${classes.call} ${classes.head}`}>
              <span className={classes.who}>{t(`manager.backWho_${why}`, { who })}</span>
              <span className={classes.since}>{t('manager.backSince', { time: dateTime(since) })}</span>
              <Tooltip label={text}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  ml="auto"
                  aria-label={text}
                  loading={cancel.isPending && cancel.variables === id}
                  onClick={() => cancel.mutate(id, { onError: notifyError, onSuccess: () => notifyDone(t('manager.backCancelled')) })}
                >
                  <Icon name="close" size={15} />
                </ActionIcon>
              </Tooltip>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
