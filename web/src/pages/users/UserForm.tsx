import { Alert, Button, Checkbox, Tabs, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { useSave } from '../../api/collections';
import { userName } from '../../api/names';
import type { EntitySchema } from '../../api/openapi';
import { useMe } from '../../api/session';
import type { User } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { Icon } from '../../shell/icons';
import { notifyDone } from '../../shell/notify';
import { TabList } from '../../shell/TabList';
import { GroupsOfUser } from '../groups/GroupsOfUser';
import { MobilePhones } from '../mobile/MobilePhones';
import { HeldNumbers } from '../numbers/HeldNumbers';
import { useGiveNumber } from '../numbers/useGiveNumber';
import { useMakeMailbox } from '../mailboxes/useMakeMailbox';
import { SetUpDialogue } from '../phones/SetUpDialogue';
import { DialByGroup } from './DialByGroup';
import { DialPin } from './DialPin';
import { Redirections } from '../redirections/Redirections';
import { RightsOfUser } from './RightsOfUser';
import { ShownNumber } from './ShownNumber';
import { SecurityOfUser } from './SecurityOfUser';

const PERSON = ['first_name', 'last_name', 'login', 'password', 'email', 'language'];
const STATE = ['enabled'];
const RIGHTS = ['admin', 'rights'];
const TELEPHONY = ['ring_s', 'music', 'dnd', 'call_waiting'];
const DIAL = ['dial'];
const PIN = ['dial_pin'];
const PHONES = ['phones'];
const SHOWN = ['display_number', 'hide_number'];
const FIELDS = [...PERSON, ...STATE, ...RIGHTS, ...TELEPHONY, ...DIAL, ...PIN, ...PHONES, ...SHOWN];

interface UserFormProps {
  schema: EntitySchema;
  user: User | null;
}

export function UserForm({ schema, user }: UserFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const [params, setParams] = useSearchParams();
  const [number, setNumber] = useState('');
  const [settingUp, setSettingUp] = useState(false);
  const [withMailbox, setWithMailbox] = useState(false);
  const giveNumber = useGiveNumber();
  const makeMailbox = useMakeMailbox();
  const store = useSave<User>('users');
  const [remove, dialogue] = useConfirmedRemove('users');

  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: user?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (user) return;
    if (withMailbox) await makeMailbox(`${saved.first_name} ${saved.last_name}`.trim() || saved.login, { user: saved.id });
    if (number && !(await giveNumber(number, { kind: 'user', id: saved.id }))) navigate(`/users/${saved.id}?tab=numbers`);
    else navigate(`/users/${saved.id}`);
  };
  const form = useEntityForm({
    entity: 'user',
    schema,
    stored: user,
    fields: user ? FIELDS : FIELDS.filter((field) => field !== 'rights' && field !== 'dial' && field !== 'dial_pin'), // the server gives the defaults
    alsoRequired: ['password'],
    save,
  });
  const wrong = (fields: string[]) => fields.some((field) => form.error(field));

  const removeUser = async () => {
    if (user && (await remove([{ id: user.id, name: userName(user) }]))) navigate('/users');
  };

  return (
    <Tabs className="panel" value={params.get('tab') ?? 'person'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
      <TabList
        tabs={[
          { id: 'person', text: t('users.tab.person'), wrong: wrong([...PERSON, ...STATE]) },
          { id: 'telephony', text: t('users.tab.telephony'), wrong: wrong([...TELEPHONY, ...DIAL, ...PIN, ...PHONES]) },
          ...(user
            ? [
                { id: 'numbers', text: t('users.tab.numbers') },
                { id: 'redirections', text: t('redirections.title') },
                { id: 'mobile', text: t('mobile.title') },
                { id: 'shown', text: t('users.tab.shown'), wrong: wrong(SHOWN) },
                { id: 'groups', text: t('users.tab.groups') },
                { id: 'rights', text: t('users.tab.rights'), wrong: wrong(RIGHTS) },
                { id: 'security', text: t('users.tab.security') },
              ]
            : []),
        ]}
      />
      <Tabs.Panel value="person" p="md">
        <EntityForm form={form} extraActions={user && user.id !== me?.id && <RemoveButton onClick={() => void removeUser()} />}>
          <Fields form={form} fields={PERSON} />
          {!user && (
            <TextInput
              name="number"
              maw={360}
              label={t('users.internalNumber')}
              description={t('users.internalNumberHelp')}
              value={number}
              onChange={(event) => setNumber(event.currentTarget.value)}
            />
          )}
          {!user && (
            <Checkbox
              label={t('mailboxes.with')}
              description={t('mailboxes.withUser')}
              checked={withMailbox}
              onChange={(event) => setWithMailbox(event.currentTarget.checked)}
            />
          )}
          <Fields form={form} fields={user ? STATE : [...STATE, 'admin']} />
        </EntityForm>
      </Tabs.Panel>
      <Tabs.Panel value="telephony" p="md">
        <EntityForm form={form}>
          <Fields form={form} fields={PHONES} />
          {user && (
            <Button variant="default" style={{ alignSelf: 'flex-start' }} leftSection={<Icon name="phones" size={14} />} onClick={() => setSettingUp(true)}>
              {t('phones.setUp')}
            </Button>
          )}
          <Fields form={form} fields={user ? [...TELEPHONY, ...DIAL] : TELEPHONY} />
          {user && <DialByGroup user={user} />}
          {user && <DialPin form={form} user={user} />}
        </EntityForm>
      </Tabs.Panel>
      {user && (
        <>
          <Tabs.Panel value="numbers" p="md">
            <HeldNumbers numbers={user.numbers} holder={{ kind: 'user', id: user.id }} />
          </Tabs.Panel>
          <Tabs.Panel value="redirections" p="md">
            <Redirections whose={{ user: user.id }} callWaiting={user.call_waiting} />
          </Tabs.Panel>
          <Tabs.Panel value="mobile" p="md">
            {!user.rights.includes('ifmc_use') && <Alert color="brass" mb="md">{t('mobile.noRight')}</Alert>}
            <MobilePhones whose={{ user: user.id }} dnd={user.dnd} />
          </Tabs.Panel>
          <Tabs.Panel value="shown" p="md">
            <EntityForm form={form}>
              <ShownNumber form={form} />
            </EntityForm>
          </Tabs.Panel>
          <Tabs.Panel value="groups" p="md">
            <GroupsOfUser user={user} />
          </Tabs.Panel>
        </>
      )}
      {user && (
        <Tabs.Panel value="rights" p="md">
          <EntityForm form={form}>
            <RightsOfUser form={form} />
          </EntityForm>
        </Tabs.Panel>
      )}
      {user && (
        <Tabs.Panel value="security" p="md">
          <SecurityOfUser user={user} />
        </Tabs.Panel>
      )}
      {dialogue}
      {user && settingUp && <SetUpDialogue user={user} onClose={() => setSettingUp(false)} />}
    </Tabs>
  );
}

function RemoveButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <Button variant="subtle" color="red" onClick={onClick}>
      {t('forms.removeConfirm')}
    </Button>
  );
}
