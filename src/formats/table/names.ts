/**
 * Names that annotation columns have in this field, so that a column of numbers called `dose` is not taken
 * for a gene: scPerturb, CPA, GEARS, L1000 (siginfo, instinfo, GCTX), scanpy's and Seurat's quality measures,
 * and the columns that mechanist itself writes.
 */

/** Compared without case and punctuation: `n_counts`, `nCounts` and `n.counts` are one. */
const METADATA_NAMES: ReadonlySet<string> = new Set(
  `unit intervention context action method control controls neg_control
  cell_type celltype cell_line cell_id cell_iname cell_mfc_name cell_name cluster cluster_id louvain leiden seurat_clusters
  perturbation perturbations perturbation_2 perturbation_type perturbation_id condition condition_name cov_drug
  cov_drug_dose_name drug_dose_name pert pert_name pert_iname pert_id pert_type pert_dose pert_dose_unit pert_idose
  pert_time pert_time_unit pert_itime pert_mfc_id pert_vehicle compound compound_id drug drug_id chembl_id treatment
  smiles canonical_smiles inchi_key target targets target_gene target_index gene_id gene_target guide guides guide_id
  guide_identity grna sgrna top_guide n_guides guide_umi moi pathway moa
  dose doses dose_val dose_value dose_unit dosage concentration conc log_dose
  time timepoint time_point hours hour day days hpi pseudotime
  batch batches gem_batch gem_group gemgroup lane library library_id run chip channel pool pool_id
  sample samples sample_id donor donor_id patient patient_id individual subject replicate replicates rep biorep bio_rep
  plate plate_id rna_plate det_plate well well_id rna_well det_well bead_batch bead_set bead_revision site
  sex gender age disease tissue tissue_type organism species cancer stage
  ncounts n_counts ngenes n_genes numi n_umi numis n_umis umi_count umi_counts read_count read_counts nreads n_reads
  ncount_rna nfeature_rna ncount_sct nfeature_sct ncells n_cells number_of_cells nperts n_perts coverage good_coverage
  percent_mito percent_ribo percent_mt pct_mt mito_ratio mt_frac pct_counts_mt n_genes_by_counts total_counts
  total_umi total_umis size_factor size_factors doublet_score doublet_scores predicted_doublet phase s_score
  g2m_score orig_ident split fold ood weight
  sig_id inst_id distil_id distil_nsample distil_cc_q75 distil_ss is_gold is_hiq ngenes_modulated_dn_lm
  ngenes_modulated_up_lm pct_self_rank_q25 tas nsample cc_q75 ss_ngene brew_prefix provenance_code count_mean count_cv
  zmad_ref zmad_ref_well nearest_dose project_code cmap_name x_hmsl_id
  donors training_contexts rejected fallback training_error condition_number
  umap_1 umap_2 tsne_1 tsne_2 pc_1 pc_2 x_coord y_coord`
    .split(/\s+/)
    .map(bare),
);

/** Families of names: `n_genes_by_…`, `pct_counts_…`, `…_id`, `…_batch`. */
const METADATA_PATTERNS = [
  /^(n|num|pct|percent|perc|frac|fraction|total|log1p|qc|distil|pert|bead|det|mfc|umap|tsne|pca)_/,
  /_(id|ids|index|idx|type|unit|time|dose|batch|score|counts?|umis?|barcode|label|group|cluster|ratio|fraction|pct|plate|well|lane|day|hours?|fold)$/,
];

/** Names of a first column that names the rows, when all its values differ. */
const ROW_NAMES: ReadonlySet<string> = new Set(
  'cell cells barcode barcodes cell_barcode cell_barcodes obs_name obs_names row_name row_names rownames index id cid rid sig_id inst_id distil_id profile_id'
    .split(' ')
    .map(bare),
);
/** Names of a first column of genes, in a table of genes × samples. */
const GENE_NAMES: ReadonlySet<string> = new Set(
  'gene genes gene_name gene_names gene_symbol gene_symbols symbol symbols gene_id geneid ensembl ensembl_id entrez_id probe probe_id feature features'
    .split(' ')
    .map(bare),
);

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Is this the name of an annotation, wherever it stands? */
export function isMetadataName(name: string): boolean {
  const lower = name.trim().toLowerCase();
  return METADATA_NAMES.has(bare(lower)) || METADATA_PATTERNS.some((pattern) => pattern.test(lower));
}

/** No name at all, or what pandas makes of that. */
export function isUnnamed(name: string): boolean {
  return name.trim() === '' || name === 'Unnamed: 0';
}

/** May a first column of this name, all values different, hold the row names? */
export function isRowName(name: string): boolean {
  return ROW_NAMES.has(bare(name));
}

/** The same for a table whose only text is its first column. */
export function isGeneListName(name: string): boolean {
  return GENE_NAMES.has(bare(name));
}

/** Forms of gene names that leave no doubt: Entrez, Ensembl, Affymetrix probes. */
const IDENTIFIERS = [/^\d+$/, /^ENS[A-Z]*[GTP]\d+(\.\d+)?$/, /_at$/];
const PLAIN_WORD = /^[a-z][a-z_. ]*$/;

/**
 * Says of a name whether it looks out of place among `genes`: not an identifier where nine in ten are of that
 * form, or a plain lower-case word where nine in ten have a capital.
 */
export function outlierOf(genes: readonly string[]): (name: string) => boolean {
  const enough = 0.9 * genes.length;
  const form = IDENTIFIERS.find((pattern) => genes.filter((name) => pattern.test(name)).length >= enough);
  if (form) return (name) => !form.test(name);
  const capitalised = genes.filter((name) => /[A-Z]/.test(name)).length >= enough;
  return (name) => capitalised && PLAIN_WORD.test(name);
}
