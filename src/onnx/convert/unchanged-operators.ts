/**
 * Operators of the standard domain that need no change from opset 11, or from the later one that brought them, to
 * opset 19: between these, the schemas of github.com/onnx/onnx (docs/Changelog.md) only gained element types,
 * attributes whose default is the old behaviour, and optional inputs at the end.
 */
export const UNCHANGED_OPERATORS: ReadonlySet<string> = new Set(
  `
  Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool Bernoulli BitShift BitwiseAnd BitwiseNot
  BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im Compress Concat
  ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DFT DepthToSpace
  DequantizeLinear Det Div DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather
  GatherElements GatherND Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample
  GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish Identity If InstanceNormalization IsInf IsNaN LRN
  LSTM LayerNormalization LeakyRelu Less LessOrEqual Log Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool
  MaxRoiPool MaxUnpool Mean MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial Neg
  NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or PRelu Pad Pow QLinearConv
  QLinearMatMul QuantizeLinear RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal Relu
  Reshape ReverseSequence Round STFT Scan ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty
  SequenceErase SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softplus
  Softsign SpaceToDepth SplitToSequence Sqrt StringNormalizer Sub Sum Tan Tanh TfIdfVectorizer ThresholdedRelu Tile
  TopK Transpose Trilu Unique Where Xor
  `
    .trim()
    .split(/\s+/),
)
