// One's function keys, lit as they are now: a press does what the key does.
import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useOwnKeys, usePressKey, type OwnKey } from '../../api/keys';
import { Icon } from '../../shell/icons';
import { notifyDone, notifyError } from '../../shell/notify';
import classes from './keys.module.css';
import { inColumns, keyName } from './keys';
import { Lamp } from './Lamp';

const TOGGLES = new Set(['group', 'dnd', 'call_completion', 'redirect', 'redirect_all']);

function useStateText() {
  const { t } = useTranslation();
  return (key: OwnKey) => {
    const who = key.remote_name ?? key.remote_number;
    const state = key.state === 'none' ? '' : t(`keys.state.${key.state}`);
    const said = who && key.state === 'ringing' ? t('keys.ringsFrom', { who }) : who && key.state === 'busy' ? t('keys.speaksWith', { who }) : state;
    return [said, key.dnd ? t('keys.dnd') : ''].filter(Boolean).join(', ');
  };
}

function KeyButton({ own }: { own: OwnKey }) {
  const { t } = useTranslation();
  const press = usePressKey();
  const stateText = useStateText();
  const name = keyName(t, own);
  const state = stateText(own);
  if (own.type === 'separator') return <hr className={classes.separator} />;
  if (own.type === 'label') return <p className={classes.label}>{own.label}</p>;
  const onClick = () =>
    press.mutate(own.id, {
      onError: notifyError,
      onSuccess: ({ action }) => {
        if (action !== 'on' && action !== 'off') notifyDone(t(`keys.pressed.${action}`, { name }));
      },
    });
  return (
    <button
      type="button"
      className={classes.key}
      data-state={own.state}
      aria-pressed={TOGGLES.has(own.type) ? own.state === 'on' : undefined}
      aria-busy={press.isPending}
      title={t(`keys.does.${own.type}.${own.state}`, { name })}
      onClick={onClick}
    >
      <Lamp state={own.state} type={own.type} />
      <span className={classes.text}>
        <span className={classes.name}>{name}</span>
        {state && <span className={classes.state}>{state}</span>}
      </span>
      {own.dnd && (
        <span className={classes.mark}>
          <Icon name="noEntry" size={18} />
        </span>
      )}
    </button>
  );
}

export function KeyPanel() {
  const { t } = useTranslation();
  const keys = useOwnKeys();
  if (keys.isPending) return <Loader m="md" size="sm" />;
  if (!keys.data?.length) return <p className={classes.none}>{t('keys.none')}</p>;
  return (
    <div className={classes.panel}>
      {inColumns(keys.data).map(({ column, keys: those }) => (
        <ul key={column} className={classes.column} aria-label={t('keys.columnNumber', { column })}>
          {those.map((own) => (
            <li key={own.id}>
              <KeyButton own={own} />
            </li>
          ))}
        </ul>
      ))}
    </div>
  );
}
