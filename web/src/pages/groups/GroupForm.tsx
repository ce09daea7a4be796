import { Button, Checkbox, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { useSave } from '../../api/collections';
import type { EntitySchema } from '../../api/openapi';
import type { UserGroup } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { TabList } from '../../shell/TabList';
import { useMakeMailbox } from '../mailboxes/useMakeMailbox';
import { HeldNumbers } from '../numbers/HeldNumbers';
import { Redirections } from '../redirections/Redirections';
import { Members } from './Members';
import { ShowPin } from './ShowPin';
import { useRemoveGroups } from './useRemoveGroups';

const FIELDS = ['name', 'strategy', 'hunt_s', 'ring_s', 'group_id', 'pin', 'music', 'codecs', 'dial', 'chat'];

interface GroupFormProps {
  schema: EntitySchema;
  group: UserGroup | null;
}

export function GroupForm({ schema, group }: GroupFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const store = useSave<UserGroup>('groups');
  const [remove, dialogue] = useRemoveGroups();
  const [withMailbox, setWithMailbox] = useState(false);
  const makeMailbox = useMakeMailbox();

  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: group?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!group && withMailbox) await makeMailbox(saved.name, { group: saved.id });
    if (!group) navigate(`/groups/${saved.id}?tab=members`);
  };
  const form = useEntityForm({ entity: 'group', schema, stored: group, fields: FIELDS, save });
  const strategy = form.value('strategy');
  const unused = strategy === 'broadcast' ? ['ring_s', 'hunt_s'] : strategy === 'hunting' ? ['ring_s'] : ['hunt_s'];
  const removeGroup = async () => {
    if (group && (await remove([group]))) navigate('/groups');
  };

  return (
    <Tabs className="panel" value={params.get('tab') ?? 'data'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
      <TabList
        tabs={[
          { id: 'data', text: t('groups.tab.data'), wrong: FIELDS.some((field) => form.error(field)) },
          ...(group
            ? [
                { id: 'members', text: t('groups.tab.members') },
                { id: 'numbers', text: t('groups.tab.numbers') },
                { id: 'redirections', text: t('redirections.title') },
              ]
            : []),
        ]}
      />
      <Tabs.Panel value="data" p="md">
        <EntityForm
          form={form}
          extraActions={
            group && (
              <>
                <Button variant="subtle" color="red" onClick={() => void removeGroup()}>
                  {t('forms.removeConfirm')}
                </Button>
                <ShowPin group={group} />
              </>
            )
          }
        >
          <Fields form={form} fields={FIELDS.filter((field) => !unused.includes(field))} />
          {!group && (
            <Checkbox
              label={t('mailboxes.with')}
              description={t('mailboxes.withGroup')}
              checked={withMailbox}
              onChange={(event) => setWithMailbox(event.currentTarget.checked)}
            />
          )}
        </EntityForm>
      </Tabs.Panel>
      {group && (
        <>
          <Tabs.Panel value="members" p="md">
            <Members group={group} />
          </Tabs.Panel>
          <Tabs.Panel value="numbers" p="md">
            <HeldNumbers numbers={group.numbers} holder={{ kind: 'group', id: group.id }} />
          </Tabs.Panel>
          <Tabs.Panel value="redirections" p="md">
            <Redirections whose={{ group: group.id }} />
          </Tabs.Panel>
        </>
      )}
      {dialogue}
    </Tabs>
  );
}
