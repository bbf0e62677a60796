"""What PyTorch and torchvision compute for the operators and networks of the tests beside: golden.json.

    pip install torch torchvision numpy && python make-golden.py > golden.json

Inputs and weights are made here and in run-model.ts by the same formula, so only outputs are written.
"""

import json

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torchvision.ops import deform_conv2d


def tensor(*shape, seed, scale=1.0):
    count = int(np.prod(shape))
    index = np.arange(count, dtype=np.int64)
    values = ((index * 7919 + seed * 10007) % 2003) / 1001 - 1
    return torch.from_numpy((values.astype(np.float32) * np.float32(scale)).reshape(shape))


def written(output):
    return {"dims": list(output.shape), "data": [round(value, 6) for value in output.flatten().tolist()]}


def deform(case):
    x = tensor(*case["x"], seed=1)
    weight = tensor(*case["weight"], seed=2, scale=0.5)
    kernel = case["weight"][2] * case["weight"][3]
    points = case["deform_groups"] * kernel
    offset = tensor(case["x"][0], 2 * points, *case["out"], seed=3, scale=2.5)
    mask = (tensor(case["x"][0], points, *case["out"], seed=4) + 1) / 2 if case["mask"] else None
    bias = tensor(case["weight"][0], seed=5) if case["bias"] else None
    options = {name: tuple(case[name]) for name in ("stride", "padding", "dilation")}
    return deform_conv2d(x, offset, weight, bias, mask=mask, **options)


DEFORM_CASES = {
    "plain": dict(x=[1, 4, 6, 7], weight=[3, 4, 3, 3], out=[6, 7], stride=[1, 1], padding=[1, 1], dilation=[1, 1],
                  groups=1, deform_groups=1, mask=True, bias=True),
    "no bias": dict(x=[2, 4, 6, 7], weight=[3, 4, 3, 3], out=[3, 7], stride=[2, 1], padding=[1, 2], dilation=[1, 2],
                    groups=1, deform_groups=2, mask=True, bias=False),
    "groups": dict(x=[1, 4, 5, 6], weight=[4, 2, 3, 2], out=[5, 5], stride=[1, 1], padding=[1, 0], dilation=[1, 1],
                   groups=2, deform_groups=1, mask=True, bias=True),
    "groups of both kinds": dict(x=[1, 8, 5, 5], weight=[4, 4, 3, 3], out=[3, 3], stride=[2, 2], padding=[1, 1],
                                 dilation=[1, 1], groups=2, deform_groups=4, mask=True, bias=True),
    "first version": dict(x=[1, 4, 6, 6], weight=[2, 4, 3, 3], out=[3, 3], stride=[2, 2], padding=[1, 1],
                          dilation=[1, 1], groups=1, deform_groups=2, mask=False, bias=False),
}


def grid_samples():
    x = tensor(2, 2, 4, 5, seed=1)
    grid = tensor(2, 3, 4, 2, seed=2, scale=1.7)
    for mode in ("bilinear", "nearest", "bicubic"):
        for padding in ("zeros", "border", "reflection"):
            for align in (False, True):
                output = F.grid_sample(x, grid, mode=mode, padding_mode=padding, align_corners=align)
                yield f"{mode} {padding} {int(align)}", written(output)


def weights(*shape, seed):
    return tensor(*shape, seed=seed, scale=(3 / np.prod(shape[1:])) ** 0.5)


def residual_block(x, seed):
    """The basic block of a ResNet whose second convolution is mmcv's ModulatedDeformConv2dPack."""
    channels = x.shape[1]
    h = F.relu(F.conv2d(x, weights(channels, channels, 3, 3, seed=seed), padding=1))
    parts = F.conv2d(h, weights(27, channels, 3, 3, seed=seed + 1), tensor(27, seed=seed + 2), padding=1)
    first, second, mask = torch.chunk(parts, 3, dim=1)
    offset = torch.cat((first, second), dim=1)
    h = deform_conv2d(h, offset, weights(channels, channels, 3, 3, seed=seed + 3), padding=1, mask=torch.sigmoid(mask))
    ones = torch.ones(channels)
    h = F.batch_norm(h, tensor(channels, seed=seed + 4, scale=0.2), ones * 0.8, ones * 1.1, ones * 0.1, eps=1e-5)
    return F.relu(x + h)


def small_dbnet(x):
    c2 = F.relu(F.conv2d(x, weights(8, 3, 3, 3, seed=20), stride=2, padding=1))
    c2 = residual_block(c2, seed=21)
    c3 = F.relu(F.conv2d(c2, weights(12, 8, 3, 3, seed=30), stride=2, padding=1))
    lateral2 = F.conv2d(c2, weights(6, 8, 1, 1, seed=31))
    lateral3 = F.conv2d(c3, weights(6, 12, 1, 1, seed=32))
    fused = lateral2 + F.interpolate(lateral3, size=lateral2.shape[2:], mode="nearest")
    fused = fused * torch.clamp(fused.mean(dim=(2, 3), keepdim=True) + 1, 0.25, 1.5)
    wide = F.interpolate(lateral3, scale_factor=2, mode="bilinear", align_corners=False)
    h = F.relu(F.conv2d(torch.cat((fused, wide), dim=1), weights(4, 12, 3, 3, seed=33), padding=1))
    h = torch.sigmoid(F.conv_transpose2d(h, weights(4, 1, 2, 2, seed=34), stride=2))
    return h.squeeze(1)


print(
    json.dumps(
        {
            "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
            "deformConv": {name: {**case, "y": written(deform(case))} for name, case in DEFORM_CASES.items()},
            "gridSample": dict(grid_samples()),
            "residualBlock": written(residual_block(tensor(1, 8, 7, 9, seed=1), seed=10)),
            "smallDbnet": written(small_dbnet(tensor(1, 3, 12, 20, seed=1))),
        }
    )
)
