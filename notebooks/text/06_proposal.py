# Mirror of 06_proposal.ipynb, without its outputs: edit the notebook, then `python notebooks/mirror.py`.

# %% [markdown]
# # 6. 向标准建议哪些数值？ Which values do we propose?
#
# 测算值按工程上通用的间隔修约、不宽于法规、不泄露任何一家企业的数据之后，才成为拟定值，写入征求意见稿。本笔记本对两种承诺的数值都这样处理，随后重新计算各项达标率，标出形同虚设或倒退之处，每个数值均附理由。
#
# A calibrated value becomes a proposed one when it is rounded to a step engineers use, is no looser than the law, and gives away no single plant. This notebook does that for the values of both promises, recounts every attainment afterwards, flags what is vacuous or steps backward, and writes the draft with a reason beside every value.
#
# **输入：** 可比样本、样本概况、权重、两种承诺下的测算值。**输出：** 拟定值。**用于：** 标准中的指标表，以及编制说明中“基准值”一章。
#
# **Comes in:** the comparable sample, what it is, weights, the calibrated values of both promises. **Goes out:** the proposal. **Serves:** the standard's tables and the chapter *benchmark values* of the compilation explanation.

# %% tags=["parameters"]
# 指标体系 indicator system
system: str = "ironmaking"
# 结果文件夹 folder of the results
folder: str = "../runs/lab/ironmaking"
# 拟定值的修约 rounding of proposed values: "engineering" 按工程间隔 to the engineering step | "none" 无 none
rounding: str = "engineering"
# 强制性限值约束 mandatory limits as bounds: True | False
bound_by_law: bool = True
# 被修订指标体系的约束 index being revised as a bound: True | False
bound_by_index: bool = True
# 允许宽于被修订指标体系的基准值 values allowed to be looser than the index: [{"indicator": …, "level": …, "reason": …}, …]
looser: list = []
# 公布数值所需最少企业数 fewest plants behind a published value: ≥ 1, ≤ 50
disclosure_minimum: int = 3
# 企业数不足时的处理 what happens to a value with fewer plants: "mean-of-k" 最近几家企业的均值 mean of the nearest plants |
#   "round" 向宽侧修约 rounded outward | "withhold" 不公布 withheld
disclosure_rule: str = "round"
# 已公布的上一稿 draft published before: ≥ 0, ≤ 9 999; 0：没有 0: none
earlier_draft: int = 0

# %%
from methodology import chain, figures, tables
from methodology.parameters import Project, choices_of, recorded
from methodology.proposal import proposal_thresholds
from methodology.results import Results

project = Project.around()
definitions, earlier = project.system(system), project.draft(system, earlier_draft)
results = Results(folder)
sample, weights, calibrated, about = (
    results.load(name) for name in ("sample", "weights", "calibrated", "about")
)
parameters = recorded(folder, system, proposal=choices_of("proposal", globals()))

# %% [markdown]
# ## 每个拟定值都有理由，并与现行数值并列 Every proposed value has a reason, and stands beside the values in force
#
# 按各指标的间隔，向最接近承诺的一侧修约，并重新计数；不宽于同一口径的强制性限值，除有记录的决定外不宽于被修订的指标体系，也不宽于从最差一端数起的第k家企业；背后的企业少于规定数时，不予公布或放宽，与上一稿的差异会泄露企业数据时则沿用上一稿。口径不同的对标值只列出，不比较。
#
# Rounded to the step of its indicator, to the side that keeps the promise nearest, always recounted; never looser than a mandatory limit on the same basis, than the index that is revised unless a recorded decision says so, or than the k-th plant from the dirty end; withheld or widened where fewer than the stated number of plants stand behind it, and kept as in the draft before where the difference would give a plant away. Comparators on another basis are shown, not compared.

# %%
figures.name_made_up(about, results.load("weights/panel"))
definitions = chain.system_of_run(definitions, about)
record = parameters.model_dump(mode="json")
how = {"run": results.run, "record": record, "earlier": earlier}
footing = chain.Footing.of(parameters, population=about["population"] or None)
proposal = chain.propose(chain.taken_apart(calibrated), weights, sample, definitions, parameters, footing=footing, **how)
basis = f"as proposed, {proposal['promise']} promise"
figures.proposal_ladder(tables.proposal_rows(proposal), definitions, basis=basis)

# %% [markdown]
# *读图：* 每行一项指标：三级拟定值与现行标准、其他标准的数值并列。空心标记凭记忆或属假设，分量也仅止于此。
#
# *How to read it.* One row per indicator: the three proposed levels beside the values in force and those of other standards. Hollow marks are recalled or assumed, and carry no more weight than that.

# %%
tables.proposed_values(proposal, definitions)

# %% [markdown]
# ## 整套标准的达标率与单项数值的达标率 What the whole standard attains, beside each of its values
#
# 修约之后，单独达到每项指标（含定性指标）的企业比例，与整套建议标准评为该级及以上的企业比例；表中列出两种承诺。
#
# After rounding, the share of plants that reaches each indicator alone, described ones included, and the share the whole proposed standard puts at each level or better; in the table under either promise.

# %%
attained = proposal_thresholds(proposal)
figures.attainment_promises(attained, proposal["joint_attainment"], promised=proposal["targets"], basis=basis)

# %%
tables.proposal_promises(proposal, definitions)

# %% [markdown]
# 取值受约束的代价：从左到右每列多一项约束，列出整套标准的达标企业数；承诺之旁列出未参与设定数值的企业的达标情况。
#
# What admissible values cost: plants of the whole standard with one bound more in each column, and beside the promise what plants attain that set none of the values.

# %%
tables.bounds_overview(proposal["bounds"], proposal["targets"], proposal)

# %% [markdown]
# ## 形同虚设、倒退或被移动的数值均予标出 What is vacuous, steps backward or was moved is flagged
#
# 几乎所有企业都达到的、落在量程尽头的、宽于现行要求或与下一级相同的、因披露规则或修约而移动的、落在测算区间之外的数值，逐一说明原因，以及怎样才能改变。文字中不出现任何一家企业的数值。
#
# A value that nearly every plant reaches, that ends its scale, that is looser than what is in force or the same as the next level's, that the disclosure guard or rounding moved, or that lies outside the interval of its calibrated value: each with its reason and what would change it. No sentence holds the figure of a single plant.

# %%
tables.warnings_overview(proposal, definitions)

# %% [markdown]
# ## 什么会改变这一结论 What would change this answer
#
# 每个数值从测算到建议之间因何移动：受法规约束的随法规而变，修约的随间隔而变，企业过少的随样本而变。第二张表写明每个对标值的口径、状态，以及约束哪几级。
#
# What moved each value between calibration and proposal: one bound by law moves with the law, a rounded one with the step, one with few plants behind it with the sample. The second table says on which basis each comparator stands, how it is known, and which levels it binds.

# %%
tables.proposal_reasons(proposal, definitions)

# %%
tables.proposal_comparisons(proposal, definitions)

# %%
saved = results.save("proposal", proposal)

# %% [markdown]
# 所用假设：A-45（修约、约束、披露，及其后各条）。
#
# Assumptions used: A-45 and following (rounding, bounds, disclosure).
