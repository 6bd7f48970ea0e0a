/** Texts of operations. */
import { pageTexts } from '../usePageTexts'
import en from './operations/en'
import zhCN from './operations/zh-CN'

export default pageTexts(en, zhCN)
