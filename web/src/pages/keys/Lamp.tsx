// The lamp of a key: each state has a shape of its own, not only a colour.
import { Icon, type IconName } from '../../shell/icons';
import type { KeyType, OwnKey } from '../../api/keys';
import classes from './keys.module.css';

type State = OwnKey['state'];

const OF_STATE: Partial<Record<State, IconName>> = { free: 'check', ringing: 'notices', busy: 'calls', on: 'check', possible: 'restore', recalling: 'notices' };
const OF_TYPE: Partial<Record<KeyType, IconName>> = { blf: 'groups', speed_dial: 'numbers' };

export function Lamp({ state, type }: { state: State; type: KeyType }) {
  const icon = OF_STATE[state] ?? (state === 'none' ? OF_TYPE[type] : undefined);
  return (
    <span className={classes.lamp} data-state={state}>
      {icon && <Icon name={icon} size={13} />}
    </span>
  );
}
