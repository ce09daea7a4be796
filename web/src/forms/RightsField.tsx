// Rights as switches in groups. A right that refines another one only counts together with it.
import { Stack, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { FieldGroup } from './FieldGroup';
import classes from './forms.module.css';

interface RightEntry {
  name: string;
  /** The right it refines. */
  under?: string;
}

const GROUPS: { id: string; rights: RightEntry[] }[] = [
  {
    id: 'own',
    rights: [{ name: 'setting' }, { name: 'redirect' }, { name: 'login' }, { name: 'ifmc_use' }, { name: 'ifmc_edit', under: 'ifmc_use' }],
  },
  {
    id: 'services',
    rights: [{ name: 'calllist' }, { name: 'callman' }, { name: 'address' }, { name: 'voice' }, { name: 'fax' }, { name: 'conference' }],
  },
  {
    id: 'keys',
    rights: [
      { name: 'fkey' },
      { name: 'fkey_shw_fwd_state', under: 'fkey' },
      { name: 'fkey_shw_im_call', under: 'fkey' },
      { name: 'fkey_shw_inc_call', under: 'fkey' },
      { name: 'fkey_shw_act_call', under: 'fkey' },
    ],
  },
  { id: 'system', rights: [{ name: 'admin' }] },
];

interface RightsFieldProps {
  /** Those that can be given here. */
  choices: string[];
  value: string[];
  onChange: (value: string[]) => void;
}

export function RightsField({ choices, value, onChange }: RightsFieldProps) {
  const { t } = useTranslation();
  const has = new Set(value);
  const set = (name: string, on: boolean) => onChange(choices.filter((one) => (one === name ? on : has.has(one))));
  const groups = GROUPS.map(({ id, rights }) => ({ id, rights: rights.filter(({ name }) => choices.includes(name)) }));
  return (
    <>
      {groups.filter(({ rights }) => rights.length > 0).map(({ id, rights }) => (
        <FieldGroup key={id} title={t(`rights.group.${id}`)}>
          <Stack gap="xs">
            {rights.map(({ name, under }) => (
              <Switch
                key={name}
                name={`right-${name}`}
                className={under ? classes.under : undefined}
                label={t(`rights.name.${name}`)}
                description={t(`rights.help.${name}`)}
                checked={has.has(name)}
                disabled={under !== undefined && choices.includes(under) && !has.has(under)}
                onChange={(event) => set(name, event.currentTarget.checked)}
              />
            ))}
          </Stack>
        </FieldGroup>
      ))}
    </>
  );
}
