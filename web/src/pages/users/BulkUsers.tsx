// Changes several users: fields, rights on or off, groups (USR-1).
import { MultiSelect, SegmentedControl, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import { userName } from '../../api/names';
import { useEntitySchema } from '../../api/openapi';
import type { Found, User, UserGroup } from '../../api/types';
import type { BulkChange } from '../../api/write';
import { BulkDialogue } from '../../forms/bulk/BulkDialogue';
import { FieldGroup } from '../../forms/FieldGroup';
import classes from './users.module.css';

const FIELDS = ['enabled', 'language', 'ring_s', 'dnd'];
const GROUPS_MAX = 1000;

type Lists = Pick<BulkChange, 'add' | 'remove'>;
type State = 'leave' | 'on' | 'off';

interface ListsProps {
  value: Lists;
  onChange: (value: Lists) => void;
}

function without(list: unknown[] | undefined, one: unknown): unknown[] {
  return (list ?? []).filter((other) => other !== one);
}

function Rights({ value, onChange }: ListsProps) {
  const { t } = useTranslation();
  const schema = useEntitySchema('user', 'patch');
  const choices = (schema?.properties.rights?.items?.enum ?? []).filter((one) => one !== null);
  const stateOf = (right: string): State => (value.add?.rights?.includes(right) ? 'on' : value.remove?.rights?.includes(right) ? 'off' : 'leave');
  const set = (right: string, state: State) =>
    onChange({
      add: { ...value.add, rights: [...without(value.add?.rights, right), ...(state === 'on' ? [right] : [])] },
      remove: { ...value.remove, rights: [...without(value.remove?.rights, right), ...(state === 'off' ? [right] : [])] },
    });
  const states = [
    { value: 'leave', label: t('bulk.rightLeave') },
    { value: 'on', label: t('bulk.rightOn') },
    { value: 'off', label: t('bulk.rightOff') },
  ];
  return (
    <FieldGroup title={t('bulk.rights')}>
      <div className={classes.rights}>
        {choices.map((right) => (
          <div key={right} className={classes.right}>
            <Text size="sm" id={`bulk-right-${right}`}>
              {t(`rights.name.${right}`)}
            </Text>
            <SegmentedControl
              size="xs"
              name={`right-${right}`}
              aria-labelledby={`bulk-right-${right}`}
              data={states}
              value={stateOf(right)}
              onChange={(state) => set(right, state as State)}
            />
          </div>
        ))}
      </div>
    </FieldGroup>
  );
}

function Groups({ value, onChange }: ListsProps) {
  const { t } = useTranslation();
  const groups = useList<UserGroup>('groups', { page: 1, per_page: GROUPS_MAX });
  const data = (groups.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
  const chosen = (step: 'add' | 'remove') => (value[step]?.groups ?? []).map(String);
  const set = (step: 'add' | 'remove', ids: string[]) => {
    const other = step === 'add' ? 'remove' : 'add';
    const numbers = ids.map(Number);
    onChange({
      ...value,
      [step]: { ...value[step], groups: numbers },
      [other]: { ...value[other], groups: (value[other]?.groups ?? []).filter((id) => !numbers.includes(id as number)) },
    });
  };
  const common = { data, searchable: true, nothingFoundMessage: t('forms.nothingFound') };
  return (
    <FieldGroup title={t('users.tab.groups')}>
      <MultiSelect {...common} label={t('bulk.groupsAdd')} value={chosen('add')} onChange={(ids) => set('add', ids)} />
      <MultiSelect {...common} mt="xs" label={t('bulk.groupsRemove')} value={chosen('remove')} onChange={(ids) => set('remove', ids)} />
    </FieldGroup>
  );
}

export function BulkUsers({ users, found, onClose }: { users: User[]; found: Found | null; onClose: () => void }) {
  return (
    <BulkDialogue
      entity="user"
      collection="users"
      fields={FIELDS}
      items={users}
      found={found}
      nameOf={userName}
      lists={(value, onChange) => (
        <>
          <Rights value={value} onChange={onChange} />
          <Groups value={value} onChange={onChange} />
        </>
      )}
      onClose={onClose}
    />
  );
}
