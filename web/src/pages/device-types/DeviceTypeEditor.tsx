// One device type (PHO-5).
import { useTranslation } from 'react-i18next';
import { Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import { ALL_OPTIONS, LOGIN_OPTIONS, OptionGroups } from '../phones/OptionGroups';
import { TemplateEditor } from '../templates/TemplateEditor';

export default function DeviceTypeEditor() {
  const { t } = useTranslation();
  return (
    <TemplateEditor
      kind={{
        collection: 'device-types',
        title: t('deviceTypes.title'),
        one: t('deviceTypes.one'),
        fresh: t('deviceTypes.new'),
        copy: t('deviceTypes.copy'),
        suppliedHelp: t('deviceTypes.suppliedHelp'),
        options: ALL_OPTIONS,
        groups: (form) => (
          <>
            <FieldGroup title={t('phones.group.login')}>
              <Fields form={form} fields={LOGIN_OPTIONS} />
            </FieldGroup>
            <OptionGroups form={form} />
          </>
        ),
      }}
    />
  );
}
