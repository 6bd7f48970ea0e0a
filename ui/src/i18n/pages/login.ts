/** Texts of the login. */
import { pageTexts } from '../usePageTexts'

const en = {
  login: {
    title: 'Log in',
    text: 'Reading is open to all unless this server says otherwise; operators log in to change things. The login lives in this page alone: a reload ends it.',
    name: 'Name',
    password: 'Password',
    submit: 'Log in',
    busy: 'Logging in…',
    failed: 'The login has failed',
    wrong: 'Name or password is wrong.',
    as: 'Logged in as {name}',
    role: { viewer: 'Viewer', analyst: 'Analyst', operator: 'Operator', admin: 'Administrator' },
    may: 'May:',
    permission: {
      read: 'read',
      seal: 'seal forecasts',
      promote: 'change which model answers, run experiments',
      operate: 'run jobs, change the timetable, take alerts up',
      manage_accounts: 'manage accounts',
      read_audit: 'read the audit log',
      review_data: 'decide about findings in data and rows that are held back',
      import: 'bring documents in',
    },
    by: 'Log in with {provider}',
    refused: {
      identity_refused: 'the provider did not let you in, or its answer belongs to another login.',
      identity_unavailable: 'the provider does not answer.',
      no_identity: 'you have no account here; an administrator can link one to you.',
      no_role: 'the provider gives you no role here.',
      token_expired: 'it took too long; try again.',
      token_revoked: 'your account is disabled.',
    },
    out: 'Log out',
    on: 'Go on',
  },
}

const zhCN: typeof en = {
  login: {
    title: '登录',
    text: '除非服务器另有设定，任何人都可查看；运维人员登录后可进行操作。登录只保存在本页中：刷新即失效。',
    name: '用户名',
    password: '密码',
    submit: '登录',
    busy: '正在登录…',
    failed: '登录失败',
    wrong: '用户名或密码错误。',
    as: '已登录：{name}',
    role: { viewer: '查看者', analyst: '分析员', operator: '运维人员', admin: '管理员' },
    may: '可以：',
    permission: {
      read: '查看',
      seal: '封存预测',
      promote: '更换使用中的模型、进行实验',
      operate: '运行任务、更改时间表、处理警报',
      manage_accounts: '管理账户',
      read_audit: '查看审计日志',
      review_data: '处理数据中的发现和暂扣的行',
      import: '导入文件',
    },
    by: '使用 {provider} 登录',
    refused: {
      identity_refused: '身份提供方拒绝了登录，或其答复属于另一次登录。',
      identity_unavailable: '身份提供方没有响应。',
      no_identity: '您在此没有账户；管理员可以为您关联账户。',
      no_role: '身份提供方未授予您在此的角色。',
      token_expired: '耗时过长，请重试。',
      token_revoked: '您的账户已停用。',
    },
    out: '退出登录',
    on: '继续',
  },
}

export default pageTexts(en, zhCN)
